import type { LocalMedia } from './local-media.js';

/** A header extension under the id that stands for it in packets (RFC 8285). */
export interface Extension {
  readonly id: number;
  readonly uri: string;
}

/** Header extensions we write, with the ids we offer. One table for all sections, as BUNDLE demands. */
export const EXTENSIONS = {
  mid: { id: 1, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' },
  rid: { id: 2, uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id' },
  repairedRid: { id: 3, uri: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id' },
  transportCc: { id: 4, uri: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01' },
  playoutDelay: { id: 5, uri: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay' },
} as const satisfies Record<string, Extension>;

/** The header extensions of a section that carries our track, in the order in which they are offered. */
export function ownExtensions({ kind, receives }: Pick<LocalMedia, 'kind' | 'receives'>): readonly Extension[] {
  const { mid, rid, repairedRid, transportCc, playoutDelay } = EXTENSIONS;
  if (kind === 'video') return [mid, rid, repairedRid, transportCc, playoutDelay];
  return receives ? [transportCc, mid] : [transportCc];
}

/** Of a section that only the viewer sends on: by this its packets are found to be its own (RFC 8843 section 9.2). */
export const RECEIVED_EXTENSIONS: readonly Extension[] = [EXTENSIONS.mid];

/** Those of the other side that we have too, with the other side's ids, each once. */
export function commonExtensions(theirs: readonly Extension[], ours: readonly Extension[]): Extension[] {
  const wanted = new Set(ours.map(({ uri }) => uri));
  return theirs.filter(({ uri }) => wanted.delete(uri));
}
