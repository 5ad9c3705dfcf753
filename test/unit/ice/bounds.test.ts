import { expect, test } from 'vitest';
import { stepAgent } from '../../../server/ice/agent/agent.js';
import { newAgent } from '../../../server/ice/agent/agent-state.js';
import { AgentShell, type AgentShellOptions } from '../../../server/ice/agent-shell.js';
import { parseCandidate } from '../../../server/ice/candidates/candidate.js';
import { mdnsShare } from '../../../server/ice/candidates/mdns-names.js';
import { ICE_LIMITS } from '../../../server/ice/limits.js';
import { FrameReader, frameTcp } from '../../../server/ice/sockets/frame-reader.js';
import { StreamCutter } from '../../../server/ice/sockets/stream-cutter.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { answerPlainBinding } from '../../../server/ice/stun/plain-stun.js';
import { rateLimit } from '../../../server/ice/stun/rate-limit.js';
import { decodeStun, encodeStun, MAX_STUN_LENGTH } from '../../../server/ice/stun/stun.js';
import { systemClock } from '../../../server/lib/clock.js';
import { FIELD_LIMITS } from '../../../server/protocol/limits.js';

const TRANSACTION = Buffer.alloc(12, 7);

function received(bytes: Buffer) {
  const message = decodeStun(bytes);
  if (!message.ok) throw new Error(message.error);
  return message.value;
}

const question = (attributes = {}) =>
  received(encodeStun({ kind: 'request', method: 'binding', transactionId: TRANSACTION, attributes }));

test.each([
  ['fe80::1%eth0', 'fe80::1'],
  ['fe80::a:b%3', 'fe80::a:b'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
])('IS6 a question from %s is answered, without its zone', (source, told) => {
  const answer = answerPlainBinding(question(), source, 5000, rateLimit(5, 5, 5), 0);
  expect(answer && received(answer).attributes.xorMappedAddress).toEqual({ address: told, port: 5000 });
});

test('IS6 the agent answers a check from a link-local source', () => {
  const local = { ufrag: 'local', pwd: 'local-password-of-24-char' };
  const env = { hmac: hmacSha1, transactionId: () => TRANSACTION, random: () => 0.5 };
  const agent = newAgent({ env, lite: true, controlling: false, tieBreaker: 1n, local });
  const candidate = parseCandidate('candidate:1 1 udp 1 2001:db8::1 9 typ host');
  if (!candidate.ok) throw new Error(candidate.error);
  stepAgent(agent, { kind: 'base', base: { id: 'b', candidate: candidate.value } }, 0);
  const bytes = encodeStun(
    { kind: 'request', method: 'binding', transactionId: TRANSACTION, attributes: { username: 'local:remote', priority: 1 } },
    { key: Buffer.from(local.pwd), hmac: hmacSha1 },
  );
  const from = { address: 'fe80::1%eth0', port: 5000 };
  const effects = stepAgent(agent, { kind: 'stun', baseId: 'b', from, message: received(bytes) }, 1);
  const sent = effects.find((effect) => effect.kind === 'send');
  expect(sent).toMatchObject({ to: from });
  expect(sent?.kind === 'send' && received(sent.bytes).attributes.xorMappedAddress?.address).toBe('fe80::1');
});

test.each(['0.0.0.0', '224.0.0.251', '255.255.255.255', '::', 'ff02::fb'])('IC8 no check is sent to %s', (address) => {
  const env = { hmac: hmacSha1, transactionId: () => TRANSACTION, random: () => 0.5 };
  const local = { ufrag: 'local', pwd: 'local-password-of-24-char' };
  const agent = newAgent({ env, lite: false, controlling: true, tieBreaker: 1n, local });
  const candidate = (text: string) => {
    const read = parseCandidate(text);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };
  const ours = address.includes(':') ? '2001:db8::1' : '192.0.2.1';
  stepAgent(agent, { kind: 'base', base: { id: 'b', candidate: candidate(`candidate:1 1 udp 1 ${ours} 9 typ host`) } }, 0);
  stepAgent(agent, { kind: 'remote', remote: { ufrag: 'r', pwd: 'p', lite: false } }, 0);
  const remote = candidate(`candidate:1 1 udp 1 ${address} 9 typ host`);
  expect(stepAgent(agent, { kind: 'remote-candidate', candidate: remote }, 1).filter(({ kind }) => kind === 'send')).toEqual([]);
});

test('a STUN message has its greatest length, and no byte more', () => {
  const head = encodeStun({ kind: 'request', method: 'binding', transactionId: TRANSACTION, attributes: {} }).length;
  const of = (length: number) =>
    encodeStun({
      kind: 'request',
      method: 'binding',
      transactionId: TRANSACTION,
      attributes: { data: Buffer.alloc(length - head - 4) },
    });
  expect(of(MAX_STUN_LENGTH)).toHaveLength(MAX_STUN_LENGTH);
  expect(decodeStun(of(MAX_STUN_LENGTH)).ok).toBe(true);
  expect(decodeStun(of(MAX_STUN_LENGTH + 4)).ok).toBe(false);
});

test('the text of a candidate has its greatest length, and no character more', () => {
  const text = 'candidate:1 1 udp 1 192.0.2.1 9 typ host x ';
  const of = (length: number) => parseCandidate(text + 'y'.repeat(length - text.length)).ok;
  expect([of(FIELD_LIMITS.candidate.value), of(FIELD_LIMITS.candidate.value + 1)]).toEqual([true, false]);
});

test('an IPv6 network has one share of the answers', () => {
  const limit = rateLimit(1, 2, 100);
  const answers = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'].map(
    (address) => answerPlainBinding(question(), address, 1, limit, 0) !== undefined,
  );
  expect(answers).toEqual([true, true, false, true]);
});

test('IF2 a frame in single bytes is put together without copying it again for each of them', () => {
  const sent = Buffer.alloc(60_000, 'x');
  const stream = Buffer.concat([frameTcp(sent), frameTcp(Buffer.alloc(0)), frameTcp(Buffer.from('end'))]);
  const copied = { bytes: 0 };
  const copy = Buffer.prototype.copy;
  Buffer.prototype.copy = function (...args: Parameters<typeof copy>) {
    const count = copy.apply(this, args);
    copied.bytes += count;
    return count;
  };
  try {
    const reader = new FrameReader();
    const got = Array.from(stream, (_, at) => reader.push(stream.subarray(at, at + 1))).flat();
    expect(got.map((each) => each.toString())).toEqual([sent.toString(), '', 'end']);
    expect(reader.pendingBytes).toBe(0);
  } finally {
    Buffer.prototype.copy = copy;
  }
  expect(copied.bytes).toBeLessThan(4 * stream.length);
});

test('IF2 what is under way keeps no more than twice its bytes', () => {
  const cutter = new StreamCutter(2, (header) => 2 + header.readUInt16BE(0));
  expect(cutter.push(Buffer.from([0xff, 0xff, 1, 2, 3]))).toEqual([]);
  expect(cutter.pendingBytes).toBe(5);
  expect(cutter.announcedBytes).toBe(65_537);
});

test('IT23 mDNS names are looked up one at a time, and the seventeenth not at all', async () => {
  let [running, most] = [0, 0];
  const asked: string[] = [];
  const share = mdnsShare(async (name) => {
    asked.push(name);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    if (name === '1.local') throw new Error('no such name');
    return `address of ${name}`;
  });
  const { value: most16 } = ICE_LIMITS.mdnsNames;
  const answers = await Promise.all(Array.from({ length: most16 + 1 }, (_, i) => share(`${i}.local`)));
  expect(answers.slice(0, 3)).toEqual(['address of 0.local', undefined, 'address of 2.local']);
  expect([answers[most16 - 1], answers[most16]]).toEqual([`address of ${most16 - 1}.local`, undefined]);
  expect(asked).toHaveLength(most16);
  expect(most).toBe(1);
});

function peerWith(onError: (error: unknown) => void): AgentShell {
  const options: AgentShellOptions = {
    lite: true,
    controlling: false,
    token: 1,
    clock: systemClock,
    routeUfrag: () => () => undefined,
    gather: async () => undefined,
    follow: async () => false,
    onError,
    resolveMdns: async () => undefined,
    onClose: () => undefined,
  };
  return new AgentShell(options);
}

test.each(['state', 'path', 'datagram', 'send'] as const)(
  'IA21 an error in a handler (%s) fails and closes that peer alone',
  (where) => {
    const errors: unknown[] = [];
    const peer = peerWith((error) => errors.push(error));
    const states: string[] = [];
    const bug = () => {
      throw new Error(`bug in ${where}`);
    };
    peer.onState((state) => states.push(state));
    if (where === 'state') peer.onState((state) => state === 'connected' && bug());
    if (where === 'path') peer.onPath((path) => path && bug());
    if (where === 'datagram') peer.onDatagram(bug);
    let closed = 0;
    const candidate = parseCandidate('candidate:1 1 udp 1 192.0.2.1 9 typ host');
    if (!candidate.ok) throw new Error(candidate.error);
    peer.addBase(
      { id: 'b', candidate: candidate.value },
      {
        send: where === 'send' ? bug : () => undefined,
        path: () => ({ kind: 'stream', send: () => true, queuedBytes: 0 }),
        verified: () => undefined,
        close: () => closed++,
      },
    );
    peer.setRemote({ ufrag: 'remote', pwd: 'p', lite: false });
    const check = encodeStun(
      {
        kind: 'request',
        method: 'binding',
        transactionId: TRANSACTION,
        attributes: { username: `${peer.local.ufrag}:remote`, priority: 1, useCandidate: true, iceControlling: 1n },
      },
      { key: Buffer.from(peer.local.pwd), hmac: hmacSha1 },
    );
    peer.receive('b', check, '192.0.2.9', 9);
    peer.receive('b', Buffer.from('\x80data'), '192.0.2.9', 9);
    expect(errors.map(String)).toEqual([`Error: bug in ${where}`]);
    expect(states.slice(-2)).toEqual(['failed', 'closed']);
    expect(closed).toBe(1);
    expect(() => peer.receive('b', check, '192.0.2.9', 9)).not.toThrow();
  },
);
