import type { Codec } from '../../protocol/codec.js';

export type MediaKind = 'audio' | 'video';

/** What we bring to a connection. */
export interface LocalMedia {
  readonly kind: MediaKind;
  /** At least one, the preferred one first. */
  readonly codecs: readonly Codec[];
  /** What we send; undefined: nothing of this kind. */
  readonly track: LocalTrack | undefined;
  /** Whether anything is done with what the viewer sends of this kind. */
  readonly receives: boolean;
}

/** One track of ours on the wire. */
export interface LocalTrack {
  readonly ssrc: number;
  /** Of retransmissions (RFC 4588 section 4), which are offered beside every codec where this is set. */
  readonly rtxSsrc?: number | undefined;
}

/** Everything that a connection may be about. */
export interface LocalEnds {
  /** At most one of each kind; offered in this order. */
  readonly media: readonly LocalMedia[];
  readonly dataChannel: boolean;
}
