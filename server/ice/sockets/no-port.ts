/**
 * Why a peer got no socket on a local address. `message` is for the log, since it names internal addresses; viewers are sent
 * `shownToViewer`.
 */
export interface NoPort {
  /** Every port of NEKO_WEBRTC_EPR is in use: the only temporary reason. */
  readonly usedUp: boolean;
  readonly message: string;
}

/** A message for the person at the viewer; `ports` is the range, `MIN-MAX`. */
export function shownToViewer(failures: readonly NoPort[], ports: string): string {
  return failures.some(({ usedUp }) => usedUp)
    ? `The server has no port left for another viewer: all of ${ports} are in use until somebody leaves (NEKO_WEBRTC_EPR).`
    : 'The server could not open a port for you. Its log says why.';
}
