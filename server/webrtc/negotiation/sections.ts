import type { Codec } from '../../protocol/codec.js';
import type { Direction } from './direction.js';
import type { Extension } from './extensions.js';
import type { LocalTrack, MediaKind } from './local-media.js';

/** One media section of a description of ours. */
export type LocalSection = LocalMediaSection | { readonly kind: 'application'; readonly mid: string } | RejectedSection;

export interface LocalMediaSection {
  readonly kind: MediaKind;
  readonly mid: string;
  /** The preferred one first. */
  readonly codecs: readonly LocalCodec[];
  /** What we send on it; undefined: nothing, whatever the direction. */
  readonly track: LocalTrack | undefined;
  readonly direction: Direction;
  readonly extensions: readonly Extension[];
}

/** A codec under the numbers and in the format that our description gives it. */
export interface LocalCodec {
  readonly codec: Codec;
  readonly payloadType: number;
  readonly rtxPayloadType: number | undefined;
  readonly fmtp: string | undefined;
}

/** A section of which nothing comes; its place stays taken (RFC 3264 section 8.2). */
export interface RejectedSection {
  readonly kind: 'rejected';
  readonly mid: string;
  readonly media: string;
  readonly protocol: string;
  readonly payloads: string;
}

/** One media section on which both sides have agreed. */
export type AgreedSection = AgreedMedia | AgreedChannel | RejectedSection;

export interface AgreedMedia {
  readonly kind: MediaKind;
  readonly mid: string;
  /** As we see it. */
  readonly direction: Direction;
  /** Whether it is the section of our own track. */
  readonly isOwn: boolean;
  /** The preferred one first; at least one. */
  readonly codecs: readonly AgreedCodec[];
  readonly extensions: readonly Extension[];
  /** What the viewer says that it sends under. */
  readonly remoteSsrcs: readonly number[];
}

export interface AgreedChannel {
  readonly kind: 'application';
  readonly mid: string;
  /** The viewer's. */
  readonly sctpPort: number;
}

/** A codec that both sides have. The numbers differ where the answer renumbered what was offered (RFC 3264 section 5.1). */
export interface AgreedCodec {
  readonly codec: Codec;
  /** The viewer's number for it, under which we send. */
  readonly payloadType: number;
  /** The same of retransmissions; undefined where the viewer takes none. */
  readonly rtxPayloadType: number | undefined;
  /** Our number for it, under which the viewer sends. */
  readonly receivedType: number;
}

export function isMedia<T extends { readonly kind: string }>(section: T): section is Extract<T, { readonly kind: MediaKind }> {
  return section.kind === 'audio' || section.kind === 'video';
}
