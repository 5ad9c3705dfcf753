import { MEDIA_LIMITS } from '../limits.js';
import type { ReceivedSection } from './rtp-sink.js';

/** The parts of a packet that identify its section. */
export interface PacketMarks {
  /** Of the mid extension, where it has one. */
  readonly mid: string | undefined;
  readonly ssrc: number;
  readonly payloadType: number;
}

/**
 * Which section a packet of the bundle belongs to (RFC 8843 section 9.2): the one that its mid names, else the one of its SSRC,
 * else the only one that has its payload type. Pure but for what it learns of SSRCs.
 */
export class Demultiplexer {
  readonly #byMid: ReadonlyMap<string, ReceivedSection>;
  readonly #bySsrc = new Map<number, ReceivedSection>();
  /** Payload types that one section alone has. */
  readonly #byPayloadType: ReadonlyMap<number, ReceivedSection>;

  constructor(sections: readonly ReceivedSection[]) {
    this.#byMid = new Map(sections.map((section) => [section.mid, section]));
    for (const section of sections) for (const ssrc of section.ssrcs) this.#learn(ssrc, section);
    this.#byPayloadType = onlyOnes(sections);
  }

  /** Undefined: the packet belongs nowhere, or has a payload type that its section does not take. */
  sectionOf({ mid, ssrc, payloadType }: PacketMarks): ReceivedSection | undefined {
    const named = mid === undefined ? undefined : this.#byMid.get(mid);
    if (mid !== undefined && named === undefined) return undefined;
    const section = named ?? this.#bySsrc.get(ssrc) ?? this.#byPayloadType.get(payloadType);
    if (!section?.payloadTypes.some((each) => each.payloadType === payloadType)) return undefined;
    return this.#learn(ssrc, section) ? section : undefined;
  }

  forget(ssrc: number): void {
    this.#bySsrc.delete(ssrc);
  }

  /** False: there are as many SSRCs as there may be. */
  #learn(ssrc: number, section: ReceivedSection): boolean {
    if (!this.#bySsrc.has(ssrc) && this.#bySsrc.size >= MEDIA_LIMITS.received.value) return false;
    this.#bySsrc.set(ssrc, section);
    return true;
  }
}

function onlyOnes(sections: readonly ReceivedSection[]): Map<number, ReceivedSection> {
  const holders = new Map<number, ReceivedSection | undefined>();
  for (const section of sections) {
    for (const { payloadType } of section.payloadTypes) {
      const known = holders.get(payloadType);
      holders.set(payloadType, holders.has(payloadType) && known !== section ? undefined : section);
    }
  }
  return new Map([...holders].flatMap(([payloadType, section]) => (section === undefined ? [] : [[payloadType, section]])));
}
