import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { SOCKET_LIMITS } from '../../../server/signaling/limits.js';
import { Sockets } from '../../../server/signaling/websocket/sockets.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';

/** A socket whose client reads only when told to. */
class StuckSocket extends EventEmitter {
  readonly OPEN = WebSocket.OPEN;
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  readonly sent: Buffer[] = [];
  #taken: (() => void)[] = [];

  send(bytes: Buffer, _options: object, done: () => void): void {
    this.sent.push(bytes);
    this.bufferedAmount += bytes.length;
    this.#taken.push(done);
  }

  terminate(): void {
    this.readyState = WebSocket.CLOSED;
  }

  read(): void {
    this.bufferedAmount = 0;
    for (const done of this.#taken.splice(0)) done();
  }
}

function opened(count: number) {
  const lines: object[] = [];
  const log = { debug: () => {}, info: () => {}, error: () => {}, warn: (fields: object) => void lines.push(fields) };
  let lastId = 0;
  const sockets = new Sockets({ newSocketId: () => ++lastId }, new SteppedClock(), log);
  const stuck = Array.from({ length: count }, () => new StuckSocket());
  const ids = stuck.map((socket) => sockets.add(socket as unknown as WebSocket));
  return { sockets, stuck, ids, lines };
}

/** A message whose wire form has exactly `bytes` bytes. */
function message(bytes: number) {
  const wire = (text: string) => ({ event: 'clipboard/updated', payload: { text } }) as const;
  return wire('x'.repeat(bytes - JSON.stringify(wire('')).length));
}

test('a message to all is serialised once: every socket is given the same bytes', () => {
  const { sockets, stuck, ids } = opened(50);
  let reads = 0;
  const payload = {
    get message() {
      reads += 1;
      return 'hello';
    },
  };
  sockets.send(ids, { event: 'system/disconnect', payload });
  sockets.relay(ids, { event: 'system/disconnect', payload });
  expect(reads).toBe(2);
  expect(new Set(stuck.map(({ sent }) => sent[0])).size).toBe(1);
  expect(new Set(stuck.map(({ sent }) => sent[1])).size).toBe(1);
});

test('a client may leave 20 MiB unread; a byte more cuts it, alone, and the log says so', () => {
  const { sockets, stuck, ids, lines } = opened(2);
  const [behind, other] = stuck;
  sockets.send(ids.slice(0, 1), message(SOCKET_LIMITS.unread.value - 100));
  sockets.send(ids, message(100));
  expect([behind?.readyState, lines]).toEqual([WebSocket.OPEN, []]);
  sockets.send(ids, message(100));
  expect([behind?.readyState, other?.readyState]).toEqual([WebSocket.CLOSED, WebSocket.OPEN]);
  expect(lines).toEqual([{ socket: ids[0], unreadBytes: SOCKET_LIMITS.unread.value }]);
  expect(other?.sent).toHaveLength(2);
});

test('messages of others stop at 1 MiB unread, whatever else waits, and go on once they were read', () => {
  const { sockets, stuck, ids } = opened(1);
  const [behind] = stuck;
  sockets.send(ids, message(10_000_000));
  sockets.relay(ids, message(SOCKET_LIMITS.unreadRelay.value));
  sockets.relay(ids, message(100));
  expect(behind?.sent).toHaveLength(3);
  sockets.relay(ids, message(100));
  expect(behind?.sent).toHaveLength(3);
  behind?.read();
  sockets.relay(ids, message(100));
  expect(behind?.sent).toHaveLength(4);
});

test('messages of others never cut, however much of ours waits', () => {
  const { sockets, stuck, ids } = opened(1);
  sockets.send(ids, message(SOCKET_LIMITS.unread.value));
  sockets.relay(ids, message(100));
  expect([stuck[0]?.sent.length, stuck[0]?.readyState]).toEqual([1, WebSocket.OPEN]);
});
