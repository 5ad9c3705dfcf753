/**
 * Which of two clipboards is the newer one, as far as a page without access to this device's clipboard can know: it sees its
 * content only when the user pastes.
 */
export interface ClipboardOrder {
  /** The text last seen on this device's clipboard, or put there; null before that. */
  readonly here: string | null;
  /** The desktop's copy that did not reach this device's clipboard; null when this clipboard is as new. */
  readonly desktop: string | null;
  /** Has the user left the page since, and perhaps copied another text? */
  readonly left: boolean;
}

export const NOTHING_COPIED: ClipboardOrder = { here: null, desktop: null, left: false };

/** The desktop copied a text; `written`: it is on this device's clipboard, too. */
export function copiedThere(order: ClipboardOrder, text: string, written: boolean): ClipboardOrder {
  return written ? { here: text, desktop: null, left: false } : { here: order.here, desktop: text, left: false };
}

/** The user copied a text in this page. */
export function copiedHere(): ClipboardOrder {
  return NOTHING_COPIED;
}

/** The user went to another window or page. */
export function leftPage(order: ClipboardOrder): ClipboardOrder {
  return { ...order, left: true };
}

/** This device's clipboard was seen to hold a text; returns the newer text. */
export function seenHere(order: ClipboardOrder, text: string): readonly [ClipboardOrder, newest: string] {
  const { here, desktop, left } = order;
  // The same text as before is the older one; so is another text, unless the user has left the page since.
  if (desktop !== null && (text === here || !left)) return [{ ...order, here: text }, desktop];
  return [{ here: text, desktop: null, left: false }, text];
}
