/** Releases what was acquired. Calling it twice does nothing the second time. */
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
