import { formatCandidate } from '../../ice/candidates/candidate.js';
import type { IcePeer, IceState } from '../../ice/ice-types.js';
import type { Clock } from '../../lib/clock.js';
import type { Dispose } from '../../lib/dispose.js';
import type { Log } from '../../lib/log.js';
import type { Result } from '../../lib/result.js';
import type { PacketPath } from '../../media/paths/packet-path.js';
import { PEER_LIMITS } from '../limits.js';
import type { RemoteDescription } from '../negotiation/read-description.js';
import type { TransportDescription } from '../negotiation/write-description.js';
import { type DtlsCertificate, fingerprintOf } from './certificate.js';
import { DataChannel } from './data-channel.js';
import { Dtls } from './dtls.js';
import type { DtlsKeys, SrtpProfileName } from './dtls-keys.js';

export interface TransportOptions {
  readonly ice: IcePeer;
  readonly certificate: DtlsCertificate;
  /** The SRTP profiles to agree to, best first; default all. */
  readonly srtpProfiles?: readonly SrtpProfileName[] | undefined;
  /** Candidates are advertised one by one as they are found; else descriptions wait for all of them. */
  readonly trickle: boolean;
  readonly hooks: PeerTransportHooks;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PeerTransportHooks {
  onCandidate(text: string): void;
  /** DTLS is up: media is sealed and opened with these keys. Called once. */
  onConnected(keys: DtlsKeys): void;
  /** Media goes here from now on, undefined: nowhere. Called once connected. */
  onPath(path: PacketPath | undefined): void;
  /** The viewer is heard again after a silence. */
  onHeardAgain(): void;
  /** One SRTP or SRTCP datagram, valid during the call. Called once connected. */
  onMedia(datagram: Buffer): void;
  onChannelOpen(): void;
  onMessage(message: Buffer): void;
  /** It cannot go on. Called once, and not after `close`, which its owner has to call, after what sends over it. */
  onEnded(end: ConnectionEnd, reason: string): void;
}

/** Of the transport, what a description says about the other side. */
export type RemoteTransport = Pick<RemoteDescription, 'ufrag' | 'pwd' | 'lite' | 'candidates' | 'fingerprints'>;

/** The viewer went, cannot be reached, was not there in time, or it went wrong. */
export type ConnectionEnd = 'left' | 'unreachable' | 'late' | 'failed';

type TransportState = 'new' | 'connecting' | 'connected' | 'closed';

/** The one transport of a viewer that everything is bundled on: ICE, DTLS over it, and SCTP for the data channel over that. */
export class PeerTransport {
  readonly #options: TransportOptions;
  readonly #dtls: Dtls;
  readonly #channel: DataChannel;
  readonly #releases: Dispose[];
  /** ICE heard nothing of the viewer, and has not since. */
  #wasLost = false;
  #state: TransportState = 'new';
  #hasEnded = false;
  #channelAsked = false;

  constructor(options: TransportOptions) {
    const { ice, certificate, srtpProfiles, trickle, hooks, clock, log } = options;
    this.#options = options;
    this.#dtls = new Dtls({
      certificate,
      role: 'server',
      ...(srtpProfiles === undefined ? {} : { srtpProfiles }),
      clock,
      send: (datagram) => ice.send(datagram),
      closed: () => this.#end('left', 'the viewer closed the connection'),
    });
    this.#channel = new DataChannel(this.#dtls, clock, {
      opened: () => hooks.onChannelOpen(),
      message: (data) => hooks.onMessage(data),
      closed: () => this.#end('left', 'the data channel closed'),
      failed: (reason) => this.#end('failed', reason),
      noticed: (what) => log.debug({ what }, 'data channel'),
    });
    this.#releases = [
      ...(trickle ? [ice.onCandidate((candidate) => hooks.onCandidate(formatCandidate(candidate)))] : []),
      ice.onDatagram((datagram) => this.#receive(datagram)),
      ice.onState((state) => this.#iceIs(state)),
      ice.onPath((path) => {
        if (this.#state === 'connected') hooks.onPath(path);
      }),
      clock.after(PEER_LIMITS.setupTime.value, () => this.#setupTimeIsOver()),
    ];
  }

  get state(): TransportState {
    return this.#state;
  }

  /** Where media goes now. */
  get path(): PacketPath | undefined {
    return this.#options.ice.path;
  }

  /** Begins to find our candidates and advertises those that are there; resolves as soon as a description may be written. */
  async gather(): Promise<void> {
    const { ice, trickle, hooks } = this.#options;
    if (!trickle) return this.gathered();
    for (const candidate of ice.candidates()) hooks.onCandidate(formatCandidate(candidate));
    void ice.gather();
  }

  /** Resolves as soon as a description may be written: without trickle when all candidates are found, after 5 s at the latest. */
  async gathered(): Promise<void> {
    if (!this.#options.trickle) await this.#options.ice.gather();
  }

  /** What a description of ours says about it now. */
  describe(setup: TransportDescription['setup']): TransportDescription {
    const { ice, trickle, certificate } = this.#options;
    return {
      ...ice.local,
      trickle,
      setup,
      fingerprint: fingerprintOf(certificate),
      candidates: ice.candidates().map(formatCandidate),
      candidatesComplete: !trickle,
    };
  }

  /** Begins an ICE restart (RFC 8445 section 9): the next description has new credentials. */
  restart(): void {
    this.#options.ice.restart();
  }

  /** Takes what a description of the viewer says; the first one begins the connection. */
  setRemote({ ufrag, pwd, lite, candidates, fingerprints }: RemoteTransport): void {
    if (this.#state === 'closed') return;
    this.#options.ice.setRemote({ ufrag, pwd, lite });
    for (const candidate of candidates) this.addCandidate(candidate);
    if (this.#state !== 'new') return;
    this.#state = 'connecting';
    this.#connect(fingerprints).catch((error: Error) => this.#end('failed', error.message));
  }

  /** A candidate of the viewer; empty text means that there are no more. */
  addCandidate(text: string): Result<void> {
    return this.#options.ice.addRemoteCandidate(text === '' ? null : text);
  }

  /** Opens the data channel unless it was opened before; to be called once connected. */
  openChannel(sctpPort: number): void {
    if (this.#state !== 'connected' || this.#channelAsked) return;
    this.#channelAsked = true;
    this.#channel.start(sctpPort);
  }

  /** One binary message on the data channel; dropped while it is not open. */
  send(message: Buffer): void {
    this.#channel.send(message);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    for (const release of this.#releases) release();
    this.#channel.close();
    this.#dtls.close();
    this.#options.ice.close();
  }

  async #connect(fingerprints: RemoteTransport['fingerprints']): Promise<void> {
    const keys = await this.#dtls.handshake(fingerprints);
    if (this.#state !== 'connecting') return;
    if (!keys.ok) {
      this.#end('failed', keys.error);
      return;
    }
    this.#state = 'connected';
    this.#options.hooks.onConnected(keys.value);
  }

  #receive(datagram: Buffer): void {
    const first = datagram[0]!;
    // RFC 7983 section 7.
    if (first >= 20 && first <= 63) this.#dtls.receive(datagram);
    else if (first >= 128 && first <= 191 && this.#state === 'connected') this.#options.hooks.onMedia(datagram);
  }

  #iceIs(state: IceState): void {
    if (state === 'failed') this.#end('unreachable', 'no network path to the viewer');
    if (state === 'disconnected') this.#wasLost = true;
    if (state !== 'connected' || !this.#wasLost) return;
    this.#wasLost = false;
    this.#options.hooks.onHeardAgain();
  }

  #setupTimeIsOver(): void {
    if (this.#state === 'connected') return;
    const why = this.#dtls.trouble;
    this.#end('late', `the connection was not set up within 30 s${why === undefined ? '' : ` (${why})`}`);
  }

  #end(end: ConnectionEnd, reason: string): void {
    if (this.#state === 'closed' || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.hooks.onEnded(end, reason);
  }
}
