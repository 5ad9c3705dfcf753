// Three viewers in a process of their own, so that what a test does beside them does not hold them up. The first is in control
// and flips a window by keys; the others wait for the change in their pictures. Argument: JSON of { url, tokens, spot }.
import wrtc from '@roamhq/wrtc';
import WebSocket from 'ws';

/**
 * What the server sends, as far as it is read here.
 * @typedef {object} Message
 * @property {string} event
 * @property {{ sdp: string, candidate: string }} payload
 */

/** @type {{ url: string, tokens: string[], spot: { x: number, y: number } }} */
const { url, tokens, spot } = JSON.parse(process.argv[2] ?? '{}');
const KEY_DOWN = 3;
const KEY_UP = 4;
const KEYSYM_A = 0x61;
/** Between a key that was seen and the next. */
const PAUSE_MS = 100;
/** A change this late is lost: the next key is pressed. */
const LOST_MS = 5_000;
const BEAT_MS = 10;

class Viewer {
  lastFrameMs = 0;
  longestGapMs = 0;
  frames = 0;
  /** @type {boolean | undefined} */
  bright = undefined;
  /** @type {wrtc.RTCDataChannel | undefined} */
  channel = undefined;
  cut = false;
  /** @type {(atMs: number) => void} */
  onFlip = () => {};
  #connection = new wrtc.RTCPeerConnection();
  /**
   * Candidates that come before the offer was taken; undefined afterwards.
   * @type {RTCIceCandidateInit[] | undefined}
   */
  #early = [];

  /** @param {string} token */
  constructor(token) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws?token=${token}`);
    this.socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
    this.socket.on('close', () => {
      this.cut = true;
    });
    this.socket.on('error', () => {});
    this.#connection.ontrack = ({ track }) => track.kind === 'video' && this.#watch(track);
    this.#connection.ondatachannel = ({ channel }) => {
      this.channel = channel;
    };
    this.#connection.onicecandidate = ({ candidate }) => candidate && this.#send('signal/candidate', candidate.toJSON());
  }

  ready() {
    return this.frames > 10 && this.channel?.readyState === 'open';
  }

  /**
   * Resolves with the time of the next change in its picture.
   * @returns {Promise<number>}
   */
  flipped() {
    return new Promise((resolve) => {
      this.onFlip = resolve;
    });
  }

  /** The longest time without a frame since the last call, the present one included. */
  takeGap() {
    const gap = Math.max(this.longestGapMs, performance.now() - this.lastFrameMs);
    this.longestGapMs = 0;
    return gap;
  }

  /** @param {number} opcode */
  press(opcode) {
    const message = Buffer.alloc(7);
    message.writeUInt8(opcode, 0);
    message.writeUInt16BE(4, 1);
    message.writeUInt32BE(KEYSYM_A, 3);
    this.channel?.send(message);
  }

  /**
   * @param {string} event
   * @param {object} payload
   */
  #send(event, payload) {
    this.socket.send(JSON.stringify({ event, payload }));
  }

  /** @param {Message} message */
  #receive({ event, payload }) {
    if (event === 'system/init') this.#send('signal/request', {});
    if (event === 'signal/provide' || event === 'signal/offer' || event === 'signal/restart') void this.#answer(payload.sdp);
    if (event !== 'signal/candidate') return;
    const candidate = { candidate: payload.candidate, sdpMid: '0', sdpMLineIndex: 0 };
    if (this.#early) this.#early.push(candidate);
    else void this.#connection.addIceCandidate(candidate);
  }

  /** @param {string} sdp */
  async #answer(sdp) {
    await this.#connection.setRemoteDescription({ type: 'offer', sdp });
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription(answer);
    this.#send('signal/answer', { sdp: answer.sdp });
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const candidate of early) await this.#connection.addIceCandidate(candidate);
  }

  /** @param {MediaStreamTrack} track */
  #watch(track) {
    this.sink = new wrtc.nonstandard.RTCVideoSink(track);
    /** @param {{ frame: import('@roamhq/wrtc').nonstandard.RTCVideoFrame }} event */
    this.sink.onframe = ({ frame }) => {
      const nowMs = performance.now();
      if (this.frames > 0) this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.lastFrameMs);
      this.lastFrameMs = nowMs;
      this.frames += 1;
      const bright = (frame.data[spot.y * frame.width + spot.x] ?? 0) > 128;
      if (this.bright !== undefined && bright !== this.bright) this.onFlip(nowMs);
      this.bright = bright;
    };
  }
}

const viewers = tokens.map((token) => new Viewer(token));
const [host, ...watchers] = viewers;

/** @type {{ seen: number, lost: number, slowestMs: number, pressedMs: number | undefined }} */
let inputs = { seen: 0, lost: 0, slowestMs: 0, pressedMs: undefined };

/** Presses the key, waits until every watcher saw the change or it is lost, and again. */
async function typeForever() {
  for (;;) {
    const seen = Promise.all(watchers.map((watcher) => watcher.flipped()));
    inputs.pressedMs = performance.now();
    const pressedMs = inputs.pressedMs;
    host?.press(KEY_DOWN);
    host?.press(KEY_UP);
    /** @type {Promise<undefined>} */
    const lost = new Promise((resolve) => setTimeout(resolve, LOST_MS, undefined));
    const times = await Promise.race([seen, lost]);
    if (times === undefined) inputs.lost += 1;
    else {
      inputs.seen += 1;
      inputs.slowestMs = Math.max(inputs.slowestMs, Math.max(...times) - pressedMs);
    }
    inputs.pressedMs = undefined;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

// What holds this process up is the machine's doing, not the server's.
let longestStallMs = 0;
let beatMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  longestStallMs = Math.max(longestStallMs, nowMs - beatMs - BEAT_MS);
  beatMs = nowMs;
}, BEAT_MS);

function report() {
  const waitingMs = inputs.pressedMs === undefined ? 0 : performance.now() - inputs.pressedMs;
  const said = {
    longestGapMs: viewers.map((viewer) => Math.round(viewer.takeGap())),
    frames: viewers.map(({ frames }) => frames),
    cut: viewers.filter(({ cut }) => cut).length,
    inputsSeen: inputs.seen,
    inputsLost: inputs.lost,
    slowestInputMs: Math.round(Math.max(inputs.slowestMs, waitingMs)),
    longestStallMs: Math.round(longestStallMs),
  };
  inputs = { ...inputs, seen: 0, lost: 0, slowestMs: 0 };
  longestStallMs = 0;
  return said;
}

process.on('message', (word) => {
  if (word === 'ready?') process.send?.({ ready: viewers.every((viewer) => viewer.ready()) });
  if (word === 'type') void typeForever();
  if (word === 'report') process.send?.(report());
});
process.on('disconnect', () => process.exit(0));
