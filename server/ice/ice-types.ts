import type { Socket } from 'node:net';
import type { NetworkType } from '../config/config.js';
import type { Clock } from '../lib/clock.js';
import type { Dispose } from '../lib/dispose.js';
import type { Log } from '../lib/log.js';
import type { Result } from '../lib/result.js';
import type { PacketPath } from '../media/paths/packet-path.js';
import type { Candidate } from './candidates/candidate.js';

/** The interface of ice/: shared transports made once at start, and one peer per viewer. */
export interface IceTransports {
  /** Host candidates are bound when this resolves; no server is waited for. An error may be shown to the viewer (other programs hold the range). */
  createPeer(options: IcePeerOptions): Promise<Result<IcePeer>>;
  /** One more of `foundAddresses`, found late; connected viewers are sent it, too. */
  foundAddress(address: string): void;
  /** Takes over a TCP connection that another listener accepted, with the bytes already read from it (first byte 0 to 15). */
  acceptTcp(socket: Socket, firstBytes: Buffer): void;
  /** `servers` as sent to a client: addresses filled in, time-limited credentials where there are none. */
  servedServers(servers: readonly IceServerWithCa[], user: string): ServedServers;
  /** The bound shared sockets, for the log and the doctor. */
  listening(): readonly { readonly transport: 'udp' | 'tcp'; readonly address: string; readonly port: number }[];
  /** Closes all peers, then all sockets. */
  close(): Promise<void>;
}

export interface IceTransportsOptions {
  /** The default of IcePeerOptions.lite. */
  readonly lite?: boolean;
  readonly udp:
    | { readonly kind: 'off' }
    | { readonly kind: 'range'; readonly minPort: number; readonly maxPort: number }
    | { readonly kind: 'mux'; readonly port: number };
  /** `shared` has no listener of its own: connections come through `acceptTcp`, `port` is the one that is advertised. */
  readonly tcp: { readonly kind: 'off' } | { readonly kind: 'mux' | 'shared'; readonly port: number };
  /** The backend list; ignored by ICE-lite. */
  readonly servers?: readonly IceServerWithCa[];
  /**
   * The frontend list: asked for our own address by plain binding requests, never for relays, so that the viewer's own relay
   * lets our packets in; ignored by ICE-lite.
   */
  readonly frontendServers?: readonly IceServerWithCa[];
  /** webrtc.nat1to1. */
  readonly nat1to1?: readonly ExternalEntry[];
  /** Addresses that were found rather than configured (webrtc.ip_retrieval_url): advertised beside the local ones, not instead of them. */
  readonly foundAddresses?: readonly string[];
  /** webrtc.turn: credentials for TURN servers without any, renewed before they end. */
  readonly turn?: { readonly secret: string; readonly ttlSeconds: number };
  /** webrtc.candidates, in order of priority. */
  readonly candidates?: readonly StaticEntry[];
  readonly filters?: CandidateFilters;
  /** Plain binding requests on the UDP mux port are answered, rate limited. Default true. */
  readonly answerPlainStun?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** An address or host name under which viewers find us; `local` (an IP address) is the one that it stands for, if not all. */
export interface ExternalEntry {
  readonly external: string;
  readonly local?: string | undefined;
}

/** A candidate with a port of its own, at an address or host name, or where a STUN server sees us. */
export type StaticEntry =
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'stun'; readonly port: number };

/** Filters for the advertised addresses. An absent or empty list allows everything. */
export interface CandidateFilters {
  /** Addresses or networks in CIDR form that may be advertised. */
  readonly ips?: readonly string[];
  /** Interface names that may be used; a trailing `*` is a prefix. */
  readonly interfaces?: readonly string[];
  readonly networks?: readonly NetworkType[];
  /** `auto`: loopback only for a client on this machine. */
  readonly loopback?: boolean | 'auto';
  /** The addresses that host candidates may show. */
  readonly candidates?: readonly string[];
}

export interface IceServerWithCa {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
  /** PEM certificates that `turns:` may present besides the system's. */
  readonly ca?: string;
}

/** ICE servers as sent to one client. */
export interface ServedServers {
  readonly servers: readonly IceServerWithCa[];
  /** How long the credentials among them are valid; undefined: for ever. */
  readonly lifetimeMs: number | undefined;
}

export interface IcePeerOptions {
  readonly lite?: boolean;
  /** The address that the viewer's WebSocket comes from: puts its own subnet first and allows loopback to a local browser. */
  readonly clientAddress?: string;
  /** Default true: the side that offers controls (RFC 8445 section 6.1.1). A lite agent that meets a full one is controlled. */
  readonly controlling?: boolean;
  /** A logger that names the viewer; default that of the transports. */
  readonly log?: Log;
}

export type IceState = 'new' | 'checking' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface IceCredentials {
  readonly ufrag: string;
  readonly pwd: string;
}

export interface RemoteIce extends IceCredentials {
  readonly lite: boolean;
}

/** ICE for one viewer: one component, since everything is bundled with rtcp-mux. */
export interface IcePeer {
  /** The newest credentials; `restart` replaces them. */
  readonly local: IceCredentials & { readonly lite: boolean };
  /** The local candidates found so far, host ones at once, best first, with `ufrag` set. */
  candidates(): readonly Candidate[];
  /** Resolves when server-reflexive and relay candidates are there too, after 5 s at the latest; a silent server is logged. */
  gather(): Promise<void>;
  /** Calls back for every candidate found later than this call. */
  onCandidate(listener: (candidate: Candidate) => void): Dispose;
  /** The other side's credentials; new ones after a restart begin the new generation. Order with candidates does not matter. */
  setRemote(remote: RemoteIce): void;
  /** A candidate's text as of `signal/candidate` (`ufrag` names its generation); null or empty text ends them. Useless ones are ignored. */
  addRemoteCandidate(text: string | null): Result<void>;
  /** New credentials for a new generation; the path of the old one stays in use until the new one is valid. */
  restart(): IceCredentials;
  readonly state: IceState;
  onState(listener: (state: IceState) => void): Dispose;
  /**
   * Where packets go: the first valid pair, before nomination, later the nominated one. A buffer given to its `send` must stay
   * unchanged until the next turn of the event loop: the socket may still hold it.
   */
  readonly path: PacketPath | undefined;
  /** Called with undefined when no path is left, or consent has expired: nothing may be sent any more (RFC 7675). */
  onPath(listener: (path: PacketPath | undefined) => void): Dispose;
  /** Non-STUN datagrams from authenticated addresses; the buffer is valid during the call. */
  onDatagram(listener: (datagram: Buffer) => void): Dispose;
  /** Sends on the current path; without one, or after close, the datagram is dropped, as a network would. */
  send(data: Uint8Array): void;
  selectedPair(): { readonly local: Candidate; readonly remote: Candidate; readonly rttMs: number | undefined } | undefined;
  /** Idempotent; frees ports and routes at once. Takes the path away first; the state `closed` comes last. */
  close(): void;
}
