import { TokenBucket } from '../../lib/bounds/token-bucket.js';
import { ahead32, isAfter32 } from '../../lib/serial-number.js';
import { SCTP_LIMITS } from '../limits.js';
import { type DataFacts, readData, SctpInbound } from './sctp-inbound.js';
import { CHUNK, PACKET_HEADER_BYTES, readPacket, readParameters, type SctpChunk } from './sctp-packet.js';

/** What to do with a packet: hand it on, forget it as if the network had lost it, or end its sender. */
export type SctpVerdict = 'pass' | 'drop' | { readonly end: string };

/** A packet whose chunks were all found well-formed: what they are about to do. */
interface Plan {
  readonly data: readonly DataFacts[];
  /** What the receiver will have to do for it, in units of about 20 us. */
  readonly cost: number;
  /** In the order of the chunks; the answer is how the sender broke the rules. */
  readonly steps: readonly (() => string | undefined)[];
}

/** RE-CONFIG parameters (RFC 6525 section 4) and the bytes that each has at least. */
const OUTGOING_RESET = 13;
const PARAMETER_BYTES: Readonly<Record<number, number>> = { [OUTGOING_RESET]: 12, 16: 8, 17: 8 };
const MAX_RECONFIG_PARAMETERS = 2;
const INIT_BYTES = 16;
const SACK_BYTES = 12;
/** An out-of-order chunk is sorted in among those that wait: what that costs grows with them. */
const WAITING_PER_UNIT = 8;
const GAPS_PER_UNIT = 8;
const OUTSTANDING_PER_UNIT = 16;

/**
 * Looks at every packet of one association before werift does, since werift believes all of it: lengths of zero, ranges of
 * 65,536 numbers, chunks that nobody will ever complete. Ours is the side that begins the association. Time is an argument.
 */
export class SctpGuard {
  readonly #budget: TokenBucket;
  /** What we said in our INIT, and how far we have come since; undefined until it was sent. */
  #ours: { readonly tag: number; sent: number; acknowledged: number } | undefined;
  /** Undefined until the other side has answered our INIT. */
  #inbound: SctpInbound | undefined;

  constructor(nowMs: number) {
    const { work, burst } = SCTP_LIMITS;
    this.#budget = new TokenBucket({ perSecond: work.value, burst: burst.value }, nowMs);
  }

  /** The number up to which the other side's chunks came, once there is an association. */
  get cumulative(): number | undefined {
    return this.#inbound?.cumulative;
  }

  /** Learns from a packet of ours. */
  sent(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const type = view.getUint8(PACKET_HEADER_BYTES);
    if (type === CHUNK.init && this.#ours === undefined) {
      const before = ahead32(view.getUint32(28), 1);
      this.#ours = { tag: view.getUint32(16), sent: before, acknowledged: before };
    }
    if (type !== CHUNK.data || this.#ours === undefined) return;
    const tsn = view.getUint32(16);
    if (isAfter32(tsn, this.#ours.sent)) this.#ours.sent = tsn;
  }

  /** Judges one packet of the other side. */
  receive(bytes: Buffer, nowMs: number): SctpVerdict {
    const { packet: maxBytes, chunks: maxChunks } = SCTP_LIMITS;
    if (!this.#budget.take(nowMs, PACKET_COST) || bytes.length > maxBytes.value) return 'drop';
    const packet = readPacket(bytes, maxChunks.value);
    if (packet === undefined || this.#ours === undefined || packet.verificationTag !== this.#ours.tag) return 'drop';
    if (packet.chunks.length > 1 && !isBundle(packet.chunks)) return 'drop';
    const plan = this.#plan(packet.chunks);
    if (plan === 'drop') return 'drop';
    if (!(this.#inbound?.hasRoom(plan.data) ?? true) || !this.#budget.take(nowMs, plan.cost)) return 'drop';
    for (const step of plan.steps) {
      const broken = step();
      if (broken !== undefined) return { end: `SCTP: ${broken}` };
    }
    return 'pass';
  }

  #plan(chunks: readonly SctpChunk[]): Plan | 'drop' {
    const data: DataFacts[] = [];
    const steps: (() => string | undefined)[] = [];
    let cost = chunks.length;
    for (const chunk of chunks) {
      if (chunk.type === CHUNK.data) {
        const facts = readData(chunk.flags, chunk.body);
        if (facts === undefined) return 'drop';
        data.push(facts);
        steps.push(() => this.#inbound!.take(facts));
        continue;
      }
      const other = this.#planOther(chunk);
      if (other === undefined) return 'drop';
      cost += other.cost;
      if (other.step !== undefined) steps.push(other.step);
    }
    if (data.length > 0) cost += data.length * ((this.#inbound?.waiting ?? 0) / WAITING_PER_UNIT);
    const needsAssociation = chunks.some(({ type }) => NEEDS_ASSOCIATION.has(type));
    return needsAssociation && this.#inbound === undefined ? 'drop' : { data, cost, steps };
  }

  /** Undefined when the chunk is malformed, or none that this side of an association takes. */
  #planOther({ type, body }: SctpChunk): Planned | undefined {
    switch (type) {
      case CHUNK.initAck:
        return this.#planInitAck(body);
      case CHUNK.sack:
        return this.#planSack(body);
      case CHUNK.heartbeat:
        return readParameters(body) && { cost: 4 };
      case CHUNK.heartbeatAck:
      case CHUNK.abort:
      case CHUNK.error:
        return readParameters(body) && { cost: 1 };
      case CHUNK.cookieAck:
        return { cost: 0 };
      case CHUNK.shutdown:
        return { cost: 0, step: () => 'shut down by the other side' };
      case CHUNK.reconfig:
        return this.#planReconfig(body);
      case CHUNK.forwardTsn:
        return this.#planForward(body);
      default:
        return undefined;
    }
  }

  /** A second answer to our INIT would begin the numbering anew. */
  #planInitAck(body: Buffer): Planned | undefined {
    if (this.#inbound !== undefined || body.length < INIT_BYTES || !readParameters(body.subarray(INIT_BYTES))) return undefined;
    const initialTsn = body.readUInt32BE(12);
    return {
      cost: 0,
      step: () => {
        this.#inbound = new SctpInbound(initialTsn);
        return undefined;
      },
    };
  }

  /** Acknowledgements: werift walks every number of every range, so they must be ranges of what is under way. */
  #planSack(body: Buffer): Planned | undefined {
    const ours = this.#ours!;
    if (body.length < SACK_BYTES) return undefined;
    const cumulative = body.readUInt32BE(0);
    const [gaps, duplicates] = [body.readUInt16BE(8), body.readUInt16BE(10)];
    if (gaps > SCTP_LIMITS.gaps.value || body.length !== SACK_BYTES + 4 * (gaps + duplicates)) return undefined;
    if (isAfter32(cumulative, ours.sent)) return { cost: 0, step: () => 'an acknowledgement of what was never sent' };
    // An old one says nothing new.
    if (isAfter32(ours.acknowledged, cumulative)) return undefined;
    const outstanding = ahead32(ours.sent, cumulative);
    let last = 0;
    for (let i = 0; i < gaps; i++) {
      const [start, end] = [body.readUInt16BE(SACK_BYTES + 4 * i), body.readUInt16BE(SACK_BYTES + 4 * i + 2)];
      if (start <= last || end < start || end > outstanding) return undefined;
      last = end;
    }
    return {
      cost: gaps / GAPS_PER_UNIT + (gaps > 0 ? outstanding / OUTSTANDING_PER_UNIT : 0),
      step: () => {
        ours.acknowledged = cumulative;
        return undefined;
      },
    };
  }

  #planReconfig(body: Buffer): Planned | undefined {
    const parameters = readParameters(body);
    if (parameters === undefined || parameters.length > MAX_RECONFIG_PARAMETERS) return undefined;
    const resets: number[] = [];
    for (const { type, value } of parameters) {
      if (value.length < (PARAMETER_BYTES[type] ?? 0)) return undefined;
      if (type !== OUTGOING_RESET) continue;
      if (value.length % 2 === 1 || value.length > 12 + 2 * SCTP_LIMITS.streams.value) return undefined;
      // Not before everything sent is there and delivered; it will be asked for again.
      if (this.#inbound !== undefined && !this.#inbound.isSettled(value.readUInt32BE(8))) return undefined;
      for (let at = 12; at < value.length; at += 2) resets.push(value.readUInt16BE(at));
    }
    return {
      cost: 6 * parameters.length,
      step: () => {
        this.#inbound?.reset(resets);
        return undefined;
      },
    };
  }

  #planForward(body: Buffer): Planned | undefined {
    if (body.length < 4 || body.length % 4 !== 0 || this.#inbound === undefined) return undefined;
    const inbound = this.#inbound;
    const cumulative = body.readUInt32BE(0);
    const distance = ahead32(cumulative, inbound.cumulative);
    if (isAfter32(cumulative, inbound.cumulative) && distance > SCTP_LIMITS.window.value) return undefined;
    const streams: [number, number][] = [];
    for (let at = 4; at < body.length; at += 4) streams.push([body.readUInt16BE(at), body.readUInt16BE(at + 2)]);
    if (streams.some(([id]) => id >= SCTP_LIMITS.streams.value)) return undefined;
    return {
      cost: streams.length + inbound.waiting / WAITING_PER_UNIT,
      step: () => inbound.skip(cumulative, streams),
    };
  }
}

interface Planned {
  readonly cost: number;
  readonly step?: () => string | undefined;
}

const PACKET_COST = 2;
const NEEDS_ASSOCIATION: ReadonlySet<number> = new Set([
  CHUNK.data,
  CHUNK.sack,
  CHUNK.heartbeat,
  CHUNK.shutdown,
  CHUNK.reconfig,
  CHUNK.forwardTsn,
]);

/** Whether a packet of several chunks is one that an honest side may make: of each kind but DATA and ERROR one, and no INIT ACK. */
function isBundle(chunks: readonly SctpChunk[]): boolean {
  const seen = new Set<number>();
  for (const { type } of chunks) {
    if (type === CHUNK.initAck || seen.has(type)) return false;
    if (type !== CHUNK.data && type !== CHUNK.error) seen.add(type);
  }
  return true;
}
