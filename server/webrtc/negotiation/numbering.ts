import type { Codec } from '../../protocol/codec.js';
import type { Extension } from './extensions.js';
import { type AgreedSection, isMedia, type LocalCodec } from './sections.js';

/** Payload types that nothing else stands for, in the order in which they are taken (RFC 5761 section 4, RFC 3551 section 6). */
const FREE_PAYLOAD_TYPES = [...range(96, 127), ...range(35, 63)];
/** Ids of one-byte header extensions (RFC 8285 section 4.2). */
const FREE_EXTENSION_IDS = range(1, 14);

/**
 * The payload types and extension ids of one bundle. A number stands for one thing in all of its sections (RFC 8843 sections
 * 9.1.1 and 12), and for ever: what was agreed on keeps its number.
 */
export class Numbering {
  readonly #payloadTypes = new Map<number, string>();
  readonly #extensionIds = new Map<number, string>();

  constructor(agreed: readonly AgreedSection[]) {
    for (const section of agreed.filter(isMedia)) {
      for (const { codec, receivedType, rtxPayloadType } of section.codecs) {
        this.#payloadTypes.set(receivedType, codec.name);
        if (rtxPayloadType !== undefined) this.#payloadTypes.set(rtxPayloadType, rtxOf(codec));
      }
      for (const { id, uri } of section.extensions) this.#extensionIds.set(id, uri);
    }
  }

  /** Codecs to offer, in their order; retransmissions have the number behind their codec's where that is free. */
  codecs(codecs: readonly Codec[], withRtx: boolean): LocalCodec[] {
    // Those that have no choice come first.
    for (const { name, payloadType } of codecs) if (payloadType < 35) take(this.#payloadTypes, name, payloadType, []);
    return codecs.flatMap((codec) => {
      const payloadType = take(this.#payloadTypes, codec.name, codec.payloadType, FREE_PAYLOAD_TYPES);
      if (payloadType === undefined) return [];
      const rtxPayloadType = withRtx ? take(this.#payloadTypes, rtxOf(codec), payloadType + 1, FREE_PAYLOAD_TYPES) : undefined;
      return [{ codec, payloadType, rtxPayloadType, fmtp: codec.fmtp }];
    });
  }

  extensions(wanted: readonly Extension[]): Extension[] {
    return wanted.flatMap(({ id, uri }) => {
      const own = take(this.#extensionIds, uri, id, FREE_EXTENSION_IDS);
      return own === undefined ? [] : [{ id: own, uri }];
    });
  }
}

function rtxOf({ name }: Codec): string {
  return `${name} rtx`;
}

/** The number of `what`: the one that it has, else the wished one, else the first that is free, if there is any. */
function take(taken: Map<number, string>, what: string, wish: number, free: readonly number[]): number | undefined {
  for (const [number, holder] of taken) if (holder === what) return number;
  const allowed = free.length === 0 || free.includes(wish) ? [wish, ...free] : free;
  const number = allowed.find((each) => !taken.has(each));
  if (number !== undefined) taken.set(number, what);
  return number;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
