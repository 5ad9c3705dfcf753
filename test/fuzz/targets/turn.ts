import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StreamCutter } from '../../../server/ice/sockets/stream-cutter.js';
import { hmacSha1, longTermKey } from '../../../server/ice/stun/hmac.js';
import { decodeStun, encodeStun, type ReceivedStun } from '../../../server/ice/stun/stun.js';
import type { StunAttributes } from '../../../server/ice/stun/stun-attributes.js';
import { allocateRelay, type TurnAllocation } from '../../../server/ice/turn/turn-allocation.js';
import type { TurnTransport } from '../../../server/ice/turn/turn-transport.js';
import type { Result } from '../../../server/lib/result.js';
import { FakeClock } from '../../unit/media/fake-viewer.js';
import { anyAddress, anyBytes, mutated } from '../mutated.js';
import { holds, holdsAsync, type Target } from '../target.js';

const RELAYED = { address: '198.51.100.7', port: 5_000 };
const REALM = 'realm';
const KEY = longTermKey('user', REALM, 'secret');

/** What a server makes of a question. */
type Reply = (request: ReceivedStun) => Buffer | undefined;

const reply = (kind: 'success' | 'error', attributes: StunAttributes, key?: Buffer): Reply => {
  return ({ method, transactionId }) => encodeStun({ kind, method, transactionId, attributes }, key && { key, hmac: hmacSha1 });
};
const challenge = (code: number, nonce: string) => reply('error', { errorCode: { code, reason: 'no' }, realm: REALM, nonce });
const granted = reply('success', { xorRelayedAddress: RELAYED, lifetimeSeconds: 600 }, KEY);

const anyReply: fc.Arbitrary<Reply> = fc.oneof(
  fc.constant<Reply>(() => undefined),
  fc.constantFrom(401, 403, 437, 438, 486, 508, 300, 699).chain((code) => fc.string().map((nonce) => challenge(code, nonce))),
  fc.constant(granted),
  fc.constant(reply('success', { xorRelayedAddress: RELAYED })),
  fc.constant(reply('success', {}, KEY)),
  anyBytes(100).map(
    (bytes): Reply =>
      () =>
        bytes,
  ),
  mutated(fc.constant(Buffer.alloc(0))).map(
    (bytes): Reply =>
      () =>
        bytes,
  ),
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(
    ([at, value]): Reply =>
      (request) => {
        const bytes = granted(request)!;
        bytes[at % bytes.length] = value;
        return bytes;
      },
  ),
  fc.tuple(fc.integer({ min: 0x4000, max: 0x4fff }), fc.nat({ max: 0xffff }), anyBytes(50)).map(
    ([channel, length, data]): Reply =>
      () => {
        const head = Buffer.alloc(4);
        head.writeUInt16BE(channel, 0);
        head.writeUInt16BE(length, 2);
        return Buffer.concat([head, data]);
      },
  ),
  fc.ipV4().map(
    (address): Reply =>
      ({ transactionId }) =>
        encodeStun({
          kind: 'indication',
          method: 'data',
          transactionId,
          attributes: { data: Buffer.from('data'), xorPeerAddress: { address, port: 1 } },
        }),
  ),
);

/** A server that answers by `replies`, then as it should; `said` counts what was asked of it. */
function server(replies: readonly Reply[]) {
  const left = [...replies];
  const state = { said: 0, open: true, onMessage: (_message: Buffer) => {}, onClosed: () => {} };
  const transport: TurnTransport = {
    reliable: false,
    queuedBytes: 0,
    send(bytes) {
      const request = decodeStun(Buffer.from(bytes));
      if (!state.open || !request.ok) return state.open;
      state.said++;
      const answer = (left.shift() ?? (request.value.attributes.nonce === undefined ? challenge(401, 'nonce') : granted))(
        request.value,
      );
      if (answer) queueMicrotask(() => state.onMessage(answer));
      return true;
    },
    listen(onMessage, onClosed) {
      state.onMessage = onMessage;
      state.onClosed = onClosed;
    },
    close() {
      state.open = false;
    },
  };
  return { transport, state };
}

const turnsOfTheLoop = async () => {
  for (let i = 0; i < 40; i++) await Promise.resolve();
};

async function settled(replies: readonly Reply[], onDatagram: (bytes: Buffer) => void) {
  const clock = new FakeClock();
  const { transport, state } = server(replies);
  let outcome: Result<TurnAllocation> | undefined;
  const asking = allocateRelay({
    transport,
    username: 'user',
    credential: 'secret',
    clock,
    onDatagram,
    onClosed: () => undefined,
  });
  void asking.then((result) => {
    outcome = result;
  });
  for (let i = 0; i < 20 && outcome === undefined; i++) {
    await turnsOfTheLoop();
    clock.advance(1_000);
  }
  assert(outcome !== undefined, 'an allocation is settled within 20 s');
  return { outcome, clock, state };
}

export const turn: Target = {
  name: 'turn',
  properties: [
    holdsAsync(
      'whatever a server answers, an allocation stands or is refused, with few questions',
      [fc.array(anyReply, { maxLength: 8 })],
      async (replies) => {
        const { outcome, state } = await settled(replies, () => undefined);
        assert(state.said <= 20);
        if (outcome.ok) {
          assert(outcome.value.relayed.port > 0);
          outcome.value.close();
          outcome.value.close();
        } else assert(outcome.error.length < 900);
      },
    ),
    holdsAsync(
      'whatever a server says later, the relay goes on or is closed',
      [fc.array(anyReply, { maxLength: 12 }), fc.array(anyAddress, { maxLength: 8 })],
      async (replies, addresses) => {
        const { outcome, clock, state } = await settled([], () => undefined);
        assert(outcome.ok);
        const allocation = outcome.value;
        for (const [i, each] of replies.entries()) {
          const [address = '192.0.2.1'] = addresses.slice(i % Math.max(1, addresses.length));
          allocation.permit(address);
          const request = decodeStun(
            encodeStun({ kind: 'request', method: 'refresh', transactionId: Buffer.alloc(12, i), attributes: {} }),
          );
          assert(request.ok);
          const bytes = each(request.value);
          if (bytes) state.onMessage(bytes);
          await turnsOfTheLoop();
          clock.advance(7_000);
        }
        clock.advance(200_000);
        await turnsOfTheLoop();
        allocation.close();
        assert.equal(allocation.send(Buffer.from('late'), RELAYED), false);
      },
    ),
    holds(
      'a stream of messages survives any cutting',
      [fc.array(anyBytes(80), { maxLength: 10 }), fc.integer({ min: 1, max: 9 })],
      (bodies, step) => {
        const lengthOf = (header: Buffer) => 4 + Math.ceil(header.readUInt16BE(2) / 4) * 4;
        const messages = bodies.map((body) => {
          const bytes = Buffer.alloc(4 + Math.ceil(body.length / 4) * 4);
          bytes.writeUInt16BE(0x4000, 0);
          bytes.writeUInt16BE(body.length, 2);
          body.copy(bytes, 4);
          return bytes;
        });
        const stream = Buffer.concat(messages);
        const cutter = new StreamCutter(4, lengthOf);
        const got: Buffer[] = [];
        for (let at = 0; at < stream.length; at += step)
          got.push(...cutter.push(stream.subarray(at, at + step)).map((each) => Buffer.from(each)));
        assert.deepEqual(got, messages);
        assert.equal(cutter.pendingBytes, 0);
      },
    ),
  ],
};
