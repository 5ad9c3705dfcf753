/**
 * Why a peer got no socket on a local address. `message` is for the log, since it names internal addresses; viewers are sent
 * `shownToViewer`.
 */
export interface NoPort {
  /** Other programs hold every port of NEKO_WEBRTC_EPR: the only reason that may pass. */
  readonly isTaken: boolean;
  readonly message: string;
}

/** A message for the person at the viewer; `ports` is the range, `MIN-MAX`. */
export function shownToViewer(failures: readonly NoPort[], ports: string): string {
  return failures.some(({ isTaken }) => isTaken)
    ? `The server has no port for a viewer: other programs hold all of ${ports} (NEKO_WEBRTC_EPR).`
    : 'The server could not open a port for you. Its log says why.';
}
