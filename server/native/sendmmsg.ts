import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { err, ok, type Result } from '../lib/result.js';
import { type Arena, allocateArena } from './arena.js';
import { loadKoffi } from './load-koffi.js';

/** A datagram's destination in the kernel's form. */
export interface SocketAddress {
  readonly memory: Arena;
  readonly length: number;
  /** Whether several datagrams can be sent there as one (UDP segmentation offload); cleared when that fails. */
  segments: boolean;
}

/** The outcome of a batch. `sent` counts from `first`; the packet behind the sent ones is the one that failed. */
export type BatchOutcome = 'sent' | 'blocked' | 'failed';

/** Datagrams laid out for one `sendmmsg`: slot i of the arena is packet i. */
export interface MessageBatch {
  readonly arena: Arena;
  readonly slotCount: number;
  readonly slotBytes: number;
  /** Packet `slot` is `length` bytes long and goes to `address`. */
  set(slot: number, length: number, address: SocketAddress): void;
  /** Sends the packets [first, end). Returns how many the kernel took; then `outcome` holds why it stopped. */
  send(fd: number, first: number, end: number): number;
  outcome: BatchOutcome;
}

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const AF_INET = 2;
const AF_INET6 = 10;
/** Errors after which the same call succeeds later: the socket's buffer or the device's queue is full. */
const BUSY = ['EAGAIN', 'ENOBUFS', 'EINTR', 'ENOMEM'];
/** Errors of datagrams sent as one: a device without checksums, a path with a smaller MTU, a kernel without the feature. */
const TOGETHER = ['EIO', 'EINVAL', 'EMSGSIZE', 'EOPNOTSUPP'];
/** struct mmsghdr, struct iovec, and a control message with one 16-bit number, on 64-bit Linux. */
const MESSAGE_BYTES = 64;
const IOVEC_BYTES = 16;
const CONTROL_BYTES = 24;
const CONTROL_LENGTH = 18;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;
/** Bounds of the kernel for datagrams sent as one: at most 64, together shorter than the longest IP packet. */
const MAX_SEGMENTS = 48;
const MAX_SEGMENTED_BYTES = 60_000;

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
    const numbers = (names: readonly string[]) => new Set<number | undefined>(names.map((name) => os.errno[name]));
    const [busy, together] = [numbers(BUSY), numbers(TOGETHER)];
    const why = () => (busy.has(errno()) ? 'busy' : together.has(errno()) ? 'together' : 'refused');
    // A call that must fail proves that it can be made at all; a sandbox may forbid it.
    if (call(-1, 0, 0, 0) !== -1 || errno() !== os.errno.EBADF) return err('sendmmsg is forbidden here');
    return ok((slotCount, slotBytes) => makeBatch(call, why, slotCount, slotBytes));
  } catch (error) {
    return err(`sendmmsg is not callable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Failure = 'busy' | 'together' | 'refused';
type NativeSend = (fd: number, messages: number, count: number, flags: number) => number;

function makeBatch(call: NativeSend, why: () => Failure, slotCount: number, slotBytes: number): MessageBatch {
  const arena = allocateArena(slotCount * slotBytes);
  const messages = messageTable(arena, slotCount, slotBytes);
  const lengths = new Uint16Array(slotCount);
  const addresses: (SocketAddress | undefined)[] = new Array(slotCount).fill(undefined);
  /** Message i ends before this slot. */
  const ends = new Uint16Array(slotCount);

  /** Datagrams of one size to one destination, and a shorter one at their end, become one message. Returns where it ends. */
  const extent = (from: number, end: number): number => {
    const address = addresses[from]!;
    const size = lengths[from]!;
    let next = from + 1;
    if (!address.segments) return next;
    const most = Math.min(end, from + MAX_SEGMENTS, from + Math.floor(MAX_SEGMENTED_BYTES / size));
    while (next < most && addresses[next] === address && lengths[next]! <= size) if (lengths[next++]! < size) break;
    return next;
  };

  const compose = (first: number, end: number): number => {
    let count = 0;
    for (let slot = first; slot < end; count++) {
      const next = extent(slot, end);
      messages.set(count, slot, next - slot, lengths[slot]!, addresses[slot]!);
      ends[count] = next;
      slot = next;
    }
    return count;
  };

  const batch: MessageBatch = {
    arena,
    slotCount,
    slotBytes,
    outcome: 'sent',
    set(slot, length, address) {
      messages.setLength(slot, length);
      lengths[slot] = length;
      addresses[slot] = address;
    },
    send(fd, first, end) {
      let at = first;
      while (at < end) {
        const count = compose(at, end);
        const taken = call(fd, messages.address, count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken > 0) {
          at = ends[taken - 1]!;
          continue;
        }
        const failure = why();
        if (failure !== 'together' || ends[0]! - at === 1) {
          batch.outcome = failure === 'busy' ? 'blocked' : 'failed';
          return at - first;
        }
        // From now on datagrams to this address are sent one by one.
        addresses[at]!.segments = false;
      }
      batch.outcome = 'sent';
      return at - first;
    },
  };
  return batch;
}

/** The structures that `sendmmsg` reads: one iovec per slot, one header and one control message per message. */
function messageTable(arena: Arena, slotCount: number, slotBytes: number) {
  const headers = allocateArena(slotCount * MESSAGE_BYTES);
  const vectors = allocateArena(slotCount * IOVEC_BYTES);
  const controls = allocateArena(slotCount * CONTROL_BYTES);
  for (const { bytes } of [headers, vectors, controls]) bytes.fill(0);
  for (let i = 0; i < slotCount; i++) {
    vectors.bytes.writeBigUInt64LE(BigInt(arena.address + i * slotBytes), i * IOVEC_BYTES);
    controls.bytes.writeUInt32LE(CONTROL_LENGTH, i * CONTROL_BYTES);
    controls.bytes.writeUInt32LE(SOL_UDP, i * CONTROL_BYTES + 8);
    controls.bytes.writeUInt32LE(UDP_SEGMENT, i * CONTROL_BYTES + 12);
  }
  const headerWords = new Uint32Array(headers.bytes.buffer);
  const vectorWords = new Uint32Array(vectors.bytes.buffer);
  const controlHalves = new Uint16Array(controls.bytes.buffer);
  const putPointer = (word: number, address: number) => {
    headerWords[word] = address % 0x1_0000_0000;
    headerWords[word + 1] = Math.floor(address / 0x1_0000_0000);
  };
  return {
    address: headers.address,
    setLength(slot: number, length: number): void {
      vectorWords[slot * 4 + 2] = length;
    },
    /** Message `i` consists of `count` slots from `slot` on, cut every `size` bytes. */
    set(i: number, slot: number, count: number, size: number, destination: SocketAddress): void {
      const word = (i * MESSAGE_BYTES) / 4;
      putPointer(word, destination.memory.address);
      headerWords[word + 2] = destination.length;
      putPointer(word + 4, vectors.address + slot * IOVEC_BYTES);
      headerWords[word + 6] = count;
      putPointer(word + 8, count > 1 ? controls.address + i * CONTROL_BYTES : 0);
      headerWords[word + 10] = count > 1 ? CONTROL_BYTES : 0;
      controlHalves[(i * CONTROL_BYTES) / 2 + 8] = size;
    },
  };
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
    return { memory, length: 16, segments: true };
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
  return { memory, length: 28, segments: true };
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
