/** Releases what was acquired. A second call does nothing. */
export type Dispose = () => void;

/** Makes any release idempotent. */
export function once(release: () => void): Dispose {
  let released = false;
  return () => {
    if (released) return;
    released = true;
    release();
  };
}
