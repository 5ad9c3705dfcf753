import type { LinkCounts, LinkQuality } from './link-quality.js';

interface Flying<Packet> {
  readonly packet: Packet;
  readonly dueMs: number;
}

/**
 * One direction of a link as a pure model: packets wait in a queue, are sent one after another at the link's rate, and travel.
 * Three random numbers are drawn for each packet that is sent, whatever the quality, so that a seed decides about the same
 * packets before and after a change.
 */
export class LinkDirection<Packet extends { readonly length: number }> {
  readonly #waiting: Packet[] = [];
  #waitingBytes = 0;
  /** When the packet that is being sent has left. */
  #freeAtMs = Number.NEGATIVE_INFINITY;
  /** By the time they are due. */
  readonly #flying: Flying<Packet>[] = [];
  /** When the last packet that keeps its place is due. */
  #lastDueMs = Number.NEGATIVE_INFINITY;
  readonly #counts = { delivered: 0, lost: 0, overflowed: 0, heldBack: 0 };

  constructor(
    private quality: LinkQuality,
    private readonly random: () => number,
  ) {}

  get counts(): LinkCounts {
    return { ...this.#counts, inside: this.#waiting.length + this.#flying.length };
  }

  /** From now on; what is on its way already stays as it is. */
  change(quality: LinkQuality, nowMs: number): void {
    this.#sendWaiting(nowMs);
    this.quality = quality;
  }

  push(packet: Packet, nowMs: number): void {
    this.#sendWaiting(nowMs);
    if (this.#freeAtMs <= nowMs) this.#send(packet, nowMs);
    else if (this.#waitingBytes + packet.length > (this.quality.queueBytes ?? Number.POSITIVE_INFINITY))
      this.#counts.overflowed++;
    else {
      this.#waiting.push(packet);
      this.#waitingBytes += packet.length;
    }
  }

  /** The packets that have arrived by now, in the order in which they did. */
  take(nowMs: number): Packet[] {
    this.#sendWaiting(nowMs);
    const later = this.#flying.findIndex(({ dueMs }) => dueMs > nowMs);
    const arrived = this.#flying.splice(0, later === -1 ? this.#flying.length : later);
    this.#counts.delivered += arrived.length;
    return arrived.map(({ packet }) => packet);
  }

  /** When to take next; undefined while the link is empty. */
  nextMs(): number | undefined {
    const sentMs = this.#waiting.length > 0 ? this.#freeAtMs : Number.POSITIVE_INFINITY;
    const nextMs = Math.min(sentMs, this.#flying[0]?.dueMs ?? Number.POSITIVE_INFINITY);
    return nextMs === Number.POSITIVE_INFINITY ? undefined : nextMs;
  }

  #sendWaiting(nowMs: number): void {
    while (this.#waiting.length > 0 && this.#freeAtMs <= nowMs) {
      const packet = this.#waiting.shift()!;
      this.#waitingBytes -= packet.length;
      this.#send(packet, this.#freeAtMs);
    }
  }

  #send(packet: Packet, startMs: number): void {
    const { rateBps, delayMs = 0, jitterMs = 0, loss = 0, reorder = 0, reorderMs = 0 } = this.quality;
    this.#freeAtMs = startMs + (rateBps === undefined ? 0 : (packet.length * 8 * 1000) / rateBps);
    const [lot, spread, turn] = [this.random(), this.random(), this.random()];
    if (lot < loss) {
      this.#counts.lost++;
      return;
    }
    const arrivalMs = this.#freeAtMs + Math.max(0, delayMs + jitterMs * (2 * spread - 1));
    const inOrderMs = Math.max(arrivalMs, this.#lastDueMs);
    if (turn < reorder) {
      this.#counts.heldBack++;
      this.#fly(packet, inOrderMs + reorderMs);
    } else {
      this.#lastDueMs = inOrderMs;
      this.#fly(packet, inOrderMs);
    }
  }

  #fly(packet: Packet, dueMs: number): void {
    const before = this.#flying.findLastIndex((other) => other.dueMs <= dueMs);
    this.#flying.splice(before + 1, 0, { packet, dueMs });
  }
}
