/** One way between a browser and the server, or between the server and a helper of it. Pure. */
export type Path =
  | { readonly kind: 'host'; readonly transport: 'udp' | 'tcp'; readonly address: string; readonly port: number }
  /** Our address as a STUN server of the backend list sees it. */
  | { readonly kind: 'srflx'; readonly address: string; readonly port: number }
  /** A relay that the server itself has on a TURN server of the backend list. */
  | { readonly kind: 'relay'; readonly address: string; readonly port: number }
  | { readonly kind: 'turn' | 'stun'; readonly url: string }
  | { readonly kind: 'websocket' }
  | { readonly kind: 'http'; readonly port: number };

export interface ServerError {
  /** STUN's (RFC 8489 section 18.3), or 701 where no server could be reached (W3C WebRTC, RTCPeerConnectionIceErrorEvent). */
  readonly code: number;
  readonly text: string;
}

export type PathOutcome =
  | { readonly kind: 'works'; readonly rttMs: number | null }
  | {
      readonly kind: 'failed';
      /** Packets went both ways: a later step failed. */
      readonly ice: boolean;
      /** The other side's packets came to us. */
      readonly heard: boolean;
      /** A TURN server gave a relay. */
      readonly gathered: boolean;
      readonly errors: readonly ServerError[];
    }
  | { readonly kind: 'untested'; readonly reason: string };

export interface PathResult {
  readonly side: 'browser' | 'server';
  readonly path: Path;
  readonly outcome: PathOutcome;
}

/** No answer came. */
export const FAILED: PathOutcome = { kind: 'failed', ice: false, heard: false, gathered: false, errors: [] };

/** `host:port`, with an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The id of a path: the same in every run, for viewer and server. */
export function pathId(path: Path): string {
  switch (path.kind) {
    case 'host':
      return `host ${path.transport} ${hostPort(path.address, path.port)}`;
    case 'srflx':
    case 'relay':
      return `${path.kind} ${hostPort(path.address, path.port)}`;
    case 'turn':
    case 'stun':
      return path.url;
    case 'websocket':
      return 'websocket';
    case 'http':
      return `http ${path.port}`;
  }
}
