/** How the capture host and its streams are doing, in words that can be shown to an administrator. */
export type CaptureStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'degraded'; readonly problems: readonly CaptureProblem[] }
  | { readonly kind: 'closed' };

export interface CaptureProblem {
  /** The id of the stream that does not run, or what all of them need. */
  readonly about: string | 'host' | 'display';
  readonly reason: string;
}

/** Whether a viewer who comes now gets the picture of `streamId`; sound that is missing does not keep anyone out. */
export function hasPicture(status: CaptureStatus, streamId: string): boolean {
  if (status.kind !== 'degraded') return status.kind === 'healthy';
  return !status.problems.some(({ about }) => about === 'host' || about === 'display' || about === streamId);
}
