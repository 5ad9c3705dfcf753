/**
 * Which of two clipboards is the newer one, as far as a page without access to this device's clipboard can know: it sees what
 * lies there only when the user pastes.
 */
export interface ClipboardOrder {
  /** What was last seen on this device's clipboard, or put there; null before that. */
  readonly here: string | null;
  /** What the desktop copied and this device's clipboard did not get; null when this one is as new. */
  readonly desktop: string | null;
  /** Has the user been elsewhere since, where something may have been copied? */
  readonly left: boolean;
}

export const NOTHING_COPIED: ClipboardOrder = { here: null, desktop: null, left: false };

/** The desktop copied a text; `written` tells whether it is on this device's clipboard too. */
export function copiedThere(order: ClipboardOrder, text: string, written: boolean): ClipboardOrder {
  return written ? { here: text, desktop: null, left: false } : { here: order.here, desktop: text, left: false };
}

/** Something was copied in this page. */
export function copiedHere(): ClipboardOrder {
  return NOTHING_COPIED;
}

/** The user went to another window or page. */
export function leftPage(order: ClipboardOrder): ClipboardOrder {
  return { ...order, left: true };
}

/** This device's clipboard was seen to hold a text; gives the text that is the newer one. */
export function seenHere(order: ClipboardOrder, text: string): readonly [ClipboardOrder, newest: string] {
  const { here, desktop, left } = order;
  // The same text as before, or one that nobody had a chance to copy since, is the older one.
  if (desktop !== null && (text === here || !left)) return [{ ...order, here: text }, desktop];
  return [{ here: text, desktop: null, left: false }, text];
}
