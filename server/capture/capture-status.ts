/** How the GStreamer worker and its streams are doing, in words that can be shown to an administrator. */
export type CaptureStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'degraded'; readonly problems: readonly CaptureProblem[] }
  | { readonly kind: 'closed' };

export interface CaptureProblem {
  /** The id of the stream that does not run, or what all of them need. */
  readonly about: string | 'worker' | 'display';
  readonly reason: string;
}

/** Why a viewer who comes now would not get the picture of `streamId`; sound that is missing does not keep anyone out. */
export function pictureProblem(status: CaptureStatus, streamId: string): string | undefined {
  if (status.kind === 'healthy') return undefined;
  if (status.kind !== 'degraded') return `capture is ${status.kind}`;
  return status.problems.find(({ about }) => about === 'worker' || about === 'display' || about === streamId)?.reason;
}
