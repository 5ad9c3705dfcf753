import { err, ok, type Result } from '../../lib/result.js';
import type { Shown } from '../viewer-transport.js';
import { type Rung, type StreamQuery, selectStream } from './select-stream.js';

/** [P] What one viewer wants of the video. */
export interface VideoChoice {
  readonly streamId: string;
  readonly disabled: boolean;
  readonly auto: boolean;
}

export interface VideoRequest {
  readonly disabled?: boolean | null | undefined;
  readonly selector?: StreamQuery | null | undefined;
  readonly auto?: boolean | null | undefined;
}

export interface Streams {
  readonly ladder: readonly Rung[];
  readonly hidden: readonly string[];
  /** Whether the server may switch by itself (an active estimator). */
  readonly autoAllowed: boolean;
}

/** Why a viewer gets the picture that it gets. */
export type ShownBecause = 'paused' | 'switched-off' | 'chosen' | 'automatic';

/** What a viewer is sent of picture and sound (SPEC.md VW5). */
export function shownOf(
  { streamId, disabled, auto }: VideoChoice,
  { audioDisabled, paused }: { readonly audioDisabled: boolean; readonly paused: boolean },
): { readonly shown: Shown; readonly why: ShownBecause } {
  if (paused) return { shown: { video: undefined, audio: false }, why: 'paused' };
  const audio = !audioDisabled;
  if (disabled) return { shown: { video: undefined, audio }, why: 'switched-off' };
  return { shown: { video: streamId, audio }, why: auto ? 'automatic' : 'chosen' };
}

/**
 * Applies a request in the order disabled, selector, auto. A selector that finds nothing ends the work there: what was
 * applied before stays, which is why the choice is returned beside the error.
 */
export function applyVideoRequest(
  choice: VideoChoice,
  request: VideoRequest,
  streams: Streams,
): { readonly choice: VideoChoice; readonly outcome: Result<void> } {
  let next: VideoChoice = { ...choice, disabled: request.disabled ?? choice.disabled };
  if (request.selector) {
    const selected = selectStream(request.selector, streams.ladder, streams.hidden);
    if (!selected.ok) return { choice: next, outcome: err(selected.error) };
    next = { ...next, streamId: selected.value };
  }
  next = { ...next, auto: (request.auto ?? next.auto) && streams.autoAllowed };
  return { choice: next, outcome: ok(undefined) };
}

export function sameChoice(a: VideoChoice, b: VideoChoice): boolean {
  return a.streamId === b.streamId && a.disabled === b.disabled && a.auto === b.auto;
}
