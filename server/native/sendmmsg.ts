import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { err, ok, type Result } from '../lib/result.js';
import { type Arena, allocateArena } from './arena.js';
import { loadKoffi } from './load-koffi.js';

/** Where a datagram goes, as the kernel wants to read it. */
export interface SocketAddress {
  readonly memory: Arena;
  readonly length: number;
}

/** What became of a batch. `sent` counts from `first`; the packet behind the sent ones is the one that failed. */
export type BatchOutcome = 'sent' | 'blocked' | 'failed';

/** Datagrams laid out for one `sendmmsg`: slot i of the arena is packet i. */
export interface MessageBatch {
  readonly arena: Arena;
  readonly slotCount: number;
  readonly slotBytes: number;
  /** Packet `slot` is `length` bytes long and goes to `address`. */
  set(slot: number, length: number, address: SocketAddress): void;
  /** Sends the packets [first, end). Returns how many the kernel took; then `outcome` tells why it stopped. */
  send(fd: number, first: number, end: number): number;
  outcome: BatchOutcome;
}

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const AF_INET = 2;
const AF_INET6 = 10;
/** Errors after which the same call succeeds later: the socket's buffer or the device's queue is full. */
const BUSY = ['EAGAIN', 'ENOBUFS', 'EINTR', 'ENOMEM'] as const;
/** struct mmsghdr and struct iovec on 64-bit Linux. */
const MESSAGE_BYTES = 64;
const IOVEC_BYTES = 16;

export type MakeBatch = (slotCount: number, slotBytes: number) => MessageBatch;

/** Binds `sendmmsg` (64-bit Linux only), or says why that is not possible. */
export function loadSendmmsg(): Result<MakeBatch> {
  const koffi = loadKoffi();
  if (!koffi.ok) return koffi;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    return err(`sendmmsg is not used on ${process.platform} ${process.arch}`);
  }
  try {
    const { errno, os, load } = koffi.value;
    const call: NativeSend = load(null).func('sendmmsg', 'int', ['int', 'uintptr_t', 'uint', 'int']);
    const busy = new Set<number | undefined>(BUSY.map((name) => os.errno[name]));
    return ok((slotCount, slotBytes) => makeBatch(call, () => busy.has(errno()), slotCount, slotBytes));
  } catch (error) {
    return err(`sendmmsg is not callable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type NativeSend = (fd: number, messages: number, count: number, flags: number) => number;

function makeBatch(call: NativeSend, isBusy: () => boolean, slotCount: number, slotBytes: number): MessageBatch {
  const arena = allocateArena(slotCount * slotBytes);
  const headers = allocateArena(slotCount * MESSAGE_BYTES);
  const vectors = allocateArena(slotCount * IOVEC_BYTES);
  headers.bytes.fill(0);
  vectors.bytes.fill(0);
  for (let slot = 0; slot < slotCount; slot++) {
    vectors.bytes.writeBigUInt64LE(BigInt(arena.address + slot * slotBytes), slot * IOVEC_BYTES);
    headers.bytes.writeBigUInt64LE(BigInt(vectors.address + slot * IOVEC_BYTES), slot * MESSAGE_BYTES + 16);
    headers.bytes.writeUInt32LE(1, slot * MESSAGE_BYTES + 24);
  }
  const headerWords = new Uint32Array(headers.bytes.buffer);
  const vectorWords = new Uint32Array(vectors.bytes.buffer);
  // The kernel reads the addresses when the batch leaves; until then somebody has to hold them.
  const held: (SocketAddress | undefined)[] = new Array(slotCount).fill(undefined);

  const batch: MessageBatch = {
    arena,
    slotCount,
    slotBytes,
    outcome: 'sent',
    set(slot, length, address) {
      vectorWords[slot * 4 + 2] = length;
      if (held[slot] === address) return;
      held[slot] = address;
      const word = slot * 16;
      headerWords[word] = address.memory.address % 0x1_0000_0000;
      headerWords[word + 1] = Math.floor(address.memory.address / 0x1_0000_0000);
      headerWords[word + 2] = address.length;
    },
    send(fd, first, end) {
      let at = first;
      while (at < end) {
        const taken = call(fd, headers.address + at * MESSAGE_BYTES, end - at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken <= 0) {
          batch.outcome = isBusy() ? 'blocked' : 'failed';
          return at - first;
        }
        at += taken;
      }
      batch.outcome = 'sent';
      return at - first;
    },
  };
  return batch;
}

/**
 * A struct sockaddr for an address and port. An IPv4 address on an IPv6 socket (`family` 6) is mapped; an IPv6 address may
 * carry its interface as `%index` or `%name`. Undefined when the address is not one.
 */
export function socketAddress(family: 4 | 6, address: string, port: number): SocketAddress | undefined {
  if (family === 4) {
    if (!isIPv4(address)) return undefined;
    const memory = allocateArena(16);
    memory.bytes.fill(0);
    memory.bytes.writeUInt16LE(AF_INET, 0);
    memory.bytes.writeUInt16BE(port, 2);
    address.split('.').forEach((part, index) => {
      memory.bytes[4 + index] = Number(part);
    });
    return { memory, length: 16 };
  }
  const [plain = '', scope = '0'] = address.split('%');
  const groups = ipv6Groups(isIPv4(plain) ? `::ffff:${plain}` : plain);
  const scopeId = /^\d+$/.test(scope) ? Number(scope) : interfaceIndex(scope);
  if (!groups || scopeId === undefined) return undefined;
  const memory = allocateArena(28);
  memory.bytes.fill(0);
  memory.bytes.writeUInt16LE(AF_INET6, 0);
  memory.bytes.writeUInt16BE(port, 2);
  groups.forEach((group, index) => {
    memory.bytes.writeUInt16BE(group, 8 + index * 2);
  });
  memory.bytes.writeUInt32LE(scopeId, 24);
  return { memory, length: 28 };
}

/** The eight groups of an IPv6 address; the URL parser knows every way to write one. */
function ipv6Groups(address: string): number[] | undefined {
  let host: string;
  try {
    host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

function interfaceIndex(name: string): number | undefined {
  for (const entry of networkInterfaces()[name] ?? []) if (entry.family === 'IPv6' && entry.scopeid) return entry.scopeid;
  return undefined;
}
