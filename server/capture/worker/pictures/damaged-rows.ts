/** A band of whole screen rows, half open. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** The band that covers both; undefined is the empty one. */
export function unite(a: Rows | undefined, b: Rows): Rows {
  return a === undefined ? b : { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/** The rows of a damaged area as far as they are on a screen of `height` rows; undefined when none is. */
export function clampRows(y: number, height: number, screenHeight: number): Rows | undefined {
  const from = Math.max(0, y);
  const to = Math.min(screenHeight, y + height);
  return from < to ? { from, to } : undefined;
}
