// A viewer without a browser: signs in, speaks the v3 signalling and decodes the picture with libwebrtc.
// Argument: JSON of { url, name, password, relayOnly?, ignoreServers? }; prints one JSON object per line; reads commands from stdin.
import { createInterface } from 'node:readline';
import wrtc from '@roamhq/wrtc';
import WebSocket from 'ws';
import { errorMessage } from '../../../../docker/lib/error-code.mjs';

/**
 * @typedef {object} Options
 * @property {string} url
 * @property {string} name
 * @property {string} password
 * @property {boolean} [relayOnly]
 * @property {boolean} [ignoreServers]
 */

/**
 * What the server's events carry, as far as it is read here.
 * @typedef {RTCIceCandidateInit & { sdp: string, iceservers: RTCIceServer[] }} Payload
 */

/** @type {Options} */
const { url, name, password, relayOnly = false, ignoreServers = false } = JSON.parse(process.argv[2] ?? '{}');
const REPORT_MS = 200;
/** A picture that comes after so long without one is told at once. */
const STILL_MS = 1000;
/** Pixels apart from each other that are compared to tell one picture from another. */
const STRIDE = 997;

/** @param {string} event */
const say = (event, fields = {}) =>
  process.stdout.write(`${JSON.stringify({ event, atMs: Math.round(performance.now()), ...fields })}\n`);

/** @type {RTCPeerConnection | undefined} */
let connection;
let requestedMs = 0;
/**
 * Candidates that come before the offer was taken; undefined afterwards.
 * @type {Payload[] | undefined}
 */
let early = [];
/** @type {wrtc.nonstandard.RTCVideoSink | undefined} */
let sink;
let frames = 0;
let pictures = 0;
let lastPicture = -1;
let lastPictureMs = 0;
let pairText = '';

const token = await login();
const socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws?token=${token}`);
/** @type {(event: string, payload?: object) => void} */
const send = (event, payload) => socket.send(JSON.stringify({ event, payload }));
socket.on('open', () => say('socket-open'));
socket.on('close', (code) => say('socket-closed', { code }));
socket.on('error', (error) => say('socket-error', { message: error.message }));
socket.on('message', (data) => {
  /** @type {{ event: string, payload: Payload }} */
  const { event, payload } = JSON.parse(data.toString());
  receive(event, payload).catch((error) => say('error', { during: event, message: errorMessage(error) }));
});

createInterface({ input: process.stdin }).on('line', (command) => {
  if (command === 'restart') send('signal/restart');
  else if (command === 'request') request();
  else if (command === 'control') send('control/request');
  else if (command === 'leave') connection?.close();
});
process.stdin.on('end', () => process.exit(0));
setInterval(() => void report(), REPORT_MS);

/**
 * A server or network that is not there yet is tried again, as a page would be loaded again.
 * @returns {Promise<string>}
 */
async function login() {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`${url}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: name, password }),
        signal: AbortSignal.timeout(3000),
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
      say('login', { attempt });
      return answer.token;
    } catch (error) {
      if (attempt === 5) {
        say('error', { during: 'login', message: `${errorMessage(error)} ${error instanceof Error ? (error.cause ?? '') : ''}` });
        process.exit(1);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function request() {
  connection?.close();
  connection = undefined;
  early = [];
  requestedMs = performance.now();
  send('signal/request', { video: { disabled: false, selector: null, auto: false }, audio: { disabled: false } });
}

/**
 * @param {string} event
 * @param {Payload} payload
 */
async function receive(event, payload) {
  switch (event) {
    case 'system/init':
      return request();
    case 'signal/provide':
      say('provide', {
        ms: Math.round(performance.now() - requestedMs),
        candidates: payload.sdp.match(/^a=candidate:.*/gm),
        lite: /^a=ice-lite/m.test(payload.sdp),
        iceservers: payload.iceservers,
      });
      connect(payload.iceservers);
      return answer(payload.sdp);
    case 'signal/restart':
    case 'signal/offer':
      return answer(payload.sdp);
    case 'signal/candidate':
      say('server-candidate', { candidate: payload.candidate });
      if (early) early.push(payload);
      else await connection?.addIceCandidate(payload);
      return;
    case 'signal/close':
      say('signal-close');
      return;
    case 'control/host':
      say('control', payload);
      return;
    case 'system/disconnect':
      say('disconnect', payload);
      return;
  }
}

/** @param {RTCIceServer[]} iceServers */
function connect(iceServers) {
  const current = new wrtc.RTCPeerConnection({
    iceServers: ignoreServers ? [] : iceServers,
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
    bundlePolicy: 'max-bundle',
  });
  connection = current;
  current.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    say('client-candidate', { candidate: candidate.candidate });
    const { sdpMid, sdpMLineIndex } = candidate;
    send('signal/candidate', { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment: null });
  };
  current.onconnectionstatechange = () => {
    if (current !== connection) return;
    say('state', { state: current.connectionState, ms: Math.round(performance.now() - requestedMs) });
  };
  current.ontrack = ({ track }) => {
    if (track.kind !== 'video') return;
    sink?.stop();
    sink = new wrtc.nonstandard.RTCVideoSink(track);
    /** @param {{ frame: wrtc.nonstandard.RTCVideoFrame }} event */
    sink.onframe = ({ frame }) => look(frame);
  };
}

/** @param {string} sdp */
async function answer(sdp) {
  const current = connection;
  if (current === undefined) throw new Error('an offer without a connection');
  await current.setRemoteDescription({ type: 'offer', sdp });
  const description = await current.createAnswer();
  await current.setLocalDescription(description);
  send('signal/answer', { sdp: description.sdp });
  const waiting = early ?? [];
  early = undefined;
  for (const candidate of waiting) await current.addIceCandidate(candidate);
}

/** @param {wrtc.nonstandard.RTCVideoFrame} frame */
function look({ data, width, height }) {
  frames++;
  let sum = 0;
  for (let i = 0; i < width * height; i += STRIDE) sum = (sum * 31 + (data[i] ?? 0)) | 0;
  if (sum !== lastPicture) {
    pictures++;
    const nowMs = performance.now();
    if (nowMs - lastPictureMs > STILL_MS) say('picture', { afterMs: Math.round(nowMs - lastPictureMs) });
    lastPictureMs = nowMs;
  }
  lastPicture = sum;
  if (frames === 1) say('first-frame', { width, height, ms: Math.round(performance.now() - requestedMs) });
}

async function report() {
  say('frames', { frames, pictures });
  if (connection?.connectionState !== 'connected') return;
  const stats = await connection.getStats();
  const all = [...stats.values()];
  const transport = all.find(({ type }) => type === 'transport');
  const pair = all.find(({ type, id }) => type === 'candidate-pair' && id === transport?.selectedCandidatePairId);
  if (!pair) return;
  const [local, remote] = [pair.localCandidateId, pair.remoteCandidateId].map((id) => end(stats.get(id)));
  const text = JSON.stringify({ local, remote });
  if (text !== pairText) say('pair', { local, remote });
  pairText = text;
}

/**
 * One end of a pair, of what the statistics say.
 * @param {Readonly<Record<string, unknown>>} candidate
 */
function end({ candidateType: type, protocol, address, ip, port, relayProtocol }) {
  return { type, protocol, address: address ?? ip, port, ...(relayProtocol ? { relayProtocol } : {}) };
}
