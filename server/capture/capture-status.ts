/** How the capture host and its streams are doing, in words that can be shown to an administrator. */
export type CaptureStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'degraded'; readonly reasons: readonly string[] }
  | { readonly kind: 'closed' };
