import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { canonicalAddress } from '../ice/address.js';
import type { IceServerWithCa } from '../ice/ice-types.js';
import { parseIceUrl } from '../ice/servers/ice-url.js';
import { decodeStun, encodeStun } from '../ice/stun/stun.js';
import { allocateRelay } from '../ice/turn/turn-allocation.js';
import { connectTurn, type TurnTransport } from '../ice/turn/turn-transport.js';
import type { Clock } from '../lib/clock.js';
import type { PathOutcome } from './diagnosis/path.js';

const RETRANSMIT_MS = [0, 300, 900, 2000] as const;
const UNREACHED = 701;

/** Asks a STUN server for our address, or a TURN server for a relay, which is given back at once; never throws, `limitMs` at most. */
export async function checkServer(server: IceServerWithCa, text: string, clock: Clock, limitMs: number): Promise<PathOutcome> {
  const url = parseIceUrl(text);
  if (!url.ok) return failed(UNREACHED, url.error);
  const { host, port, transport, scheme } = url.value;
  const address = canonicalAddress(host) ?? (await resolve(host));
  if (address === undefined) return failed(UNREACHED, `${host} does not resolve`);
  const { username = '', credential = '', ca } = server;
  const startMs = clock.nowMs();
  const connecting = connectTurn({ at: { address, port }, transport, name: host, username, credential, ca });
  const connected = await within(clock, limitMs, connecting, (late) => late.ok && late.value.close());
  if (connected === undefined) return failed(UNREACHED, 'no connection in time');
  if (!connected.ok) return failed(UNREACHED, connected.error);
  const leftMs = limitMs - (clock.nowMs() - startMs);
  const askedMs = clock.nowMs();
  if (scheme === 'stun') {
    const answered = await askBinding(connected.value, clock, leftMs);
    connected.value.close();
    return answered ? { kind: 'works', rttMs: clock.nowMs() - askedMs } : failed(UNREACHED, '');
  }
  const allocating = allocateRelay({
    transport: connected.value,
    username,
    credential,
    clock,
    onDatagram: () => {},
    onClosed: () => {},
  });
  const allocated = await within(clock, leftMs, allocating, (late) => late.ok && late.value.close());
  const tookMs = clock.nowMs() - askedMs;
  if (allocated?.ok) allocated.value.close();
  else connected.value.close();
  if (allocated === undefined) return failed(UNREACHED, '');
  // An allocation asks twice: the first answer brings the nonce.
  return allocated.ok ? { kind: 'works', rttMs: tookMs / 2 } : refusal(allocated.error);
}

/** True once a success response to a plain binding request came back. */
export function askBinding(transport: TurnTransport, clock: Clock, limitMs: number): Promise<boolean> {
  const transactionId = randomBytes(12);
  const request = encodeStun({ kind: 'request', method: 'binding', transactionId, attributes: {} });
  return new Promise((resolve) => {
    const times = transport.reliable ? [0] : RETRANSMIT_MS;
    const timers = times.map((atMs) => clock.after(atMs, () => transport.send(request)));
    const finish = (answered: boolean) => {
      for (const cancel of timers) cancel();
      resolve(answered);
    };
    timers.push(clock.after(limitMs, () => finish(false)));
    transport.listen(
      (bytes) => {
        const message = decodeStun(bytes);
        if (message.ok && message.value.kind === 'success' && message.value.transactionId.equals(transactionId)) finish(true);
      },
      () => finish(false),
    );
  });
}

/** The value, or undefined when it comes too late; then `release` gets the late value. */
export function within<T>(
  clock: Clock,
  limitMs: number,
  work: Promise<T>,
  release: (late: T) => unknown,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let over = false;
    const cancel = clock.after(Math.max(0, limitMs), () => {
      over = true;
      resolve(undefined);
    });
    work.then((value) => {
      cancel();
      if (over) release(value);
      else resolve(value);
    }, reject);
  });
}

async function resolve(host: string): Promise<string | undefined> {
  try {
    return canonicalAddress((await lookup(host)).address);
  } catch {
    return undefined;
  }
}

/** `refused: 401 Unauthorized` of the allocation; anything else means a server that does not answer us. */
function refusal(text: string): PathOutcome {
  const match = /^refused: (\d{3})\s*(.*)$/.exec(text);
  return match ? failed(Number(match[1]), match[2] ?? '') : failed(UNREACHED, text);
}

function failed(code: number, text: string): PathOutcome {
  return { kind: 'failed', ice: false, heard: false, gathered: false, errors: [{ code, text }] };
}
