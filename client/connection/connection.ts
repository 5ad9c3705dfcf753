import type { Clock } from '../../server/lib/clock.js';
import type { Dispose } from '../../server/lib/dispose.js';
import { Emitter } from '../../server/lib/emitter.js';
import { type ChannelMessage, type InputCommand, joinTime, splitTime } from '../../server/protocol/datachannel.js';
import { command, login } from './api.js';
import { socketUrl } from './endpoints.js';
import type { LinkCredentials } from './links.js';
import { MediaPeer } from './media-peer.js';
import { NO_PEER, type PeerEffect, type PeerInput, type PeerPhase, peerDueAtMs, stepPeer } from './peer-policy.js';
import { applyEvent, type RoomView, withoutAsker } from './room-view.js';
import type { ScreenSize, ServerEvent } from './server-event.js';
import {
  type SessionEffect,
  type SessionInput,
  type SessionState,
  SIGNED_OUT,
  sessionDueAtMs,
  stepSession,
} from './session-policy.js';
import { SignalSocket } from './signal-socket.js';
import { storage } from './storage.js';

/** What the page shows of the connection; replaced as a whole on every change. */
export interface Snapshot {
  readonly session: SessionState;
  readonly peer: PeerPhase;
  readonly room: RoomView | null;
  readonly stream: MediaStream | null;
  readonly roundTripMs: number | null;
  /** Until when sign-in is refused for too many wrong passwords, on the clock's scale; null when it is not. */
  readonly loginBlockedUntilMs: number | null;
}

export type CursorImage = ChannelMessage & { kind: 'cursor-image' };
export type CursorPosition = ChannelMessage & { kind: 'cursor-position' };

/** `picture-ends` comes before a peer is closed, while its last frame can still be read. */
type ConnectionEvents = {
  change: Snapshot;
  cursor: CursorImage;
  position: CursorPosition;
  clipboard: string;
  'picture-ends': null;
};

const PING_INTERVAL_MS = 2_000;

/**
 * The page's side of the room: signs in, keeps the WebSocket and the WebRTC peer alive, and holds what they tell.
 * The two policies decide, this shell acts; closing the session closes the socket and the peer, never the reverse.
 */
export class Connection {
  readonly events = new Emitter<ConnectionEvents>();
  /** The last cursor and its place, for parts of the page that appear later. */
  cursor: CursorImage | null = null;
  position: CursorPosition | null = null;

  readonly #base: string;
  readonly #clock: Clock;
  #snapshot: Snapshot = {
    session: SIGNED_OUT,
    peer: NO_PEER.peer,
    room: null,
    stream: null,
    roundTripMs: null,
    loginBlockedUntilMs: null,
  };
  #peerState = NO_PEER;
  #token: string | null = null;
  #credentials: { readonly name: string; readonly password: string } | null = null;
  #socket: SignalSocket | null = null;
  #peer: MediaPeer | null = null;
  #cancelTick: Dispose | null = null;
  #cancelPing: Dispose | null = null;
  #cancelHeartbeat: Dispose | null = null;

  constructor(pageBase: string, clock: Clock) {
    this.#base = pageBase;
    this.#clock = clock;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Begins with what the link or the last visit gives. */
  start(link: LinkCredentials): void {
    if (link.kind === 'password') {
      this.#credentials = { name: link.name || storage.readName() || 'Guest', password: link.password };
      this.#session({ kind: 'login', byUser: false });
      return;
    }
    this.#token = link.kind === 'token' ? link.token : storage.readToken();
    if (this.#token === null) return;
    storage.writeToken(this.#token);
    this.#session({ kind: 'token' });
  }

  signIn(name: string, password: string): void {
    this.#credentials = { name, password };
    storage.writeName(name);
    this.#session({ kind: 'login', byUser: true });
  }

  signOut(): void {
    if (this.#token !== null) void command(this.#base, this.#token, 'logout');
    this.#credentials = null;
    this.#session({ kind: 'sign-out' });
  }

  /** Connects again after someone else ended the connection, or signs in anew where there is no token. */
  resume(): void {
    this.#session(this.#token === null ? { kind: 'no-token', notice: null } : { kind: 'resume' });
  }

  /** The browser says that the network is back, or the page is looked at again. */
  wake(networkChanged: boolean): void {
    const waiting = this.#snapshot.session.kind === 'waiting';
    this.#session({ kind: networkChanged || waiting ? 'network-back' : 'tick' });
  }

  /** Sends an input command over the data channel; false when there is none. Only the one in control is listened to. */
  send(input: InputCommand): boolean {
    return this.#peer?.send(input) ?? false;
  }

  requestControl(): void {
    this.#socket?.send('control/request');
  }

  releaseControl(): void {
    this.#socket?.send('control/release');
  }

  /** Gives control to a session; also answers its request. True when the server did it. */
  async giveControl(id: string): Promise<boolean> {
    this.decline(id);
    return this.#command(`room/control/give/${encodeURIComponent(id)}`);
  }

  /** Takes control from whoever has it (admins). */
  takeControl(): Promise<boolean> {
    return this.#command('room/control/take');
  }

  /** Puts a request for control aside; there is no message for it. */
  decline(id: string): void {
    const { room } = this.#snapshot;
    if (room) this.#change({ room: withoutAsker(room, id) });
  }

  setScreen(size: ScreenSize): void {
    this.#socket?.send('screen/set', size);
  }

  setClipboard(text: string): void {
    this.#socket?.send('clipboard/set', { text });
  }

  paste(text: string): void {
    this.#socket?.send('control/paste', { text });
  }

  setModifiers(modifiers: { readonly capslock: boolean; readonly numlock: boolean }): void {
    this.#socket?.send('keyboard/modifiers', modifiers);
  }

  /** WebRTC statistics of the present peer, or null without one. */
  async stats(): Promise<RTCStatsReport | null> {
    return (await this.#peer?.stats()) ?? null;
  }

  #command(path: string): Promise<boolean> {
    return this.#token === null ? Promise.resolve(false) : command(this.#base, this.#token, path);
  }

  #session(input: SessionInput): void {
    const [session, effects] = stepSession(this.#snapshot.session, input, this.#clock.nowMs());
    const over = session.kind === 'signed-out' || session.kind === 'ended';
    this.#change(session.kind === 'signed-out' ? { session, room: null } : { session });
    for (const effect of effects) this.#carryOut(effect, over);
    if (over) this.#peerInput({ kind: 'signed-out' });
    this.#armTick();
  }

  #carryOut(effect: SessionEffect, over: boolean): void {
    switch (effect) {
      case 'open-socket':
        this.#openSocket();
        break;
      case 'close-socket':
        this.#closeSocket(over);
        break;
      case 'login':
        void this.#login();
        break;
      case 'forget-token':
        this.#token = null;
        storage.forgetToken();
        break;
    }
  }

  async #login(): Promise<void> {
    const credentials = this.#credentials;
    if (!credentials) return this.#session({ kind: 'login-refused', notice: 'Please sign in.' });
    const outcome = await login(this.#base, credentials.name, credentials.password);
    if (this.#credentials !== credentials || this.#snapshot.session.kind !== 'signing-in') return;
    if (outcome.kind === 'unreachable') return this.#session({ kind: 'login-unreachable' });
    if (outcome.kind === 'refused') {
      this.#credentials = null;
      const { retryAfterS } = outcome;
      this.#change({ loginBlockedUntilMs: retryAfterS === null ? null : this.#clock.nowMs() + retryAfterS * 1000 });
      return this.#session({ kind: 'login-refused', notice: outcome.notice });
    }
    this.#token = outcome.token;
    storage.writeToken(outcome.token);
    this.#change({ loginBlockedUntilMs: null });
    this.#session({ kind: 'token' });
  }

  #openSocket(): void {
    this.#closeSocket(false);
    if (!this.#peer) this.#preparePeer();
    this.#socket = new SignalSocket(socketUrl(this.#base, this.#token), {
      opened: () => this.#peerInput({ kind: 'socket-open' }),
      heard: () => this.#session({ kind: 'message' }),
      received: (event) => this.#receive(event),
      closed: () => {
        this.#closeSocket(false);
        this.#session({ kind: 'closed' });
      },
    });
  }

  #closeSocket(forGood: boolean): void {
    this.#socket?.close(forGood);
    this.#socket = null;
    this.#cancelHeartbeat?.();
    this.#peerInput({ kind: 'socket-lost' });
  }

  #receive(event: ServerEvent): void {
    const room = applyEvent(this.#snapshot.room, event);
    if (room !== this.#snapshot.room) this.#change({ room });
    switch (event.event) {
      case 'system/init':
        this.#session({ kind: 'welcome' });
        this.#tellPeerWhatServerSees();
        this.#heartbeat(event.settings.heartbeatInterval);
        break;
      case 'session/profile':
        if (event.id === room?.meId) this.#peerInput({ kind: 'allowed', allowed: event.profile.canWatch });
        break;
      case 'system/disconnect':
        this.#session({ kind: 'disconnect', message: event.message, canSignInAgain: this.#credentials !== null });
        break;
      case 'signal/provide':
        this.#peer?.provide(event.sdp, event.iceServers);
        break;
      case 'signal/offer':
      case 'signal/restart':
        this.#peer?.offer(event.sdp);
        break;
      case 'signal/candidate':
        this.#peer?.addCandidate(event.candidate);
        break;
      case 'signal/close':
        this.#peerInput({ kind: 'gone' });
        break;
      case 'clipboard/updated':
        this.events.emit('clipboard', event.text);
        break;
      default:
        break;
    }
  }

  #tellPeerWhatServerSees(): void {
    const { room } = this.#snapshot;
    const me = room?.people.get(room.meId);
    if (me) this.#peerInput({ kind: 'server-view', watching: me.isWatching, allowed: me.canWatch });
  }

  #peerInput(input: PeerInput): void {
    const [state, effects] = stepPeer(this.#peerState, input, this.#clock.nowMs());
    this.#peerState = state;
    for (const effect of effects) this.#carryOutPeer(effect);
    if (state.peer !== this.#snapshot.peer) this.#change({ peer: state.peer });
    this.#armTick();
  }

  #carryOutPeer(effect: PeerEffect): void {
    switch (effect) {
      case 'drop':
        this.#dropPeer();
        break;
      case 'request':
        this.#socket?.send('signal/request', {
          video: { disabled: false, selector: null, auto: true },
          audio: { disabled: false },
        });
        if (!this.#peer) this.#preparePeer();
        break;
      case 'restart':
        this.#socket?.send('signal/restart');
        break;
    }
  }

  #preparePeer(): void {
    const peer = new MediaPeer({
      answer: (sdp) => this.#socket?.send('signal/answer', { sdp }),
      candidate: (candidate) => this.#socket?.send('signal/candidate', candidate),
      stream: (stream) => this.#change({ stream }),
      connected: () => {
        this.#peerInput({ kind: 'connected' });
        this.#ping();
      },
      interrupted: () => this.#peerInput({ kind: 'interrupted' }),
      gone: () => this.#peerInput({ kind: 'gone' }),
      message: (message) => this.#hear(message),
    });
    this.#peer = peer;
  }

  #dropPeer(): void {
    // A peer that was only made ahead of time is as good as new; keep it for the request that follows.
    if (!this.#peer || this.#peer.isUnused) return;
    this.events.emit('picture-ends', null);
    this.#peer.close();
    this.#peer = null;
    this.#cancelPing?.();
    this.#change({ roundTripMs: null });
  }

  #hear(message: ChannelMessage): void {
    switch (message.kind) {
      case 'cursor-image':
        this.cursor = message;
        this.events.emit('cursor', message);
        break;
      case 'cursor-position':
        this.position = message;
        this.events.emit('position', message);
        break;
      case 'pong':
        this.#change({ roundTripMs: Math.max(0, Date.now() - joinTime(message.clientTime)) });
        break;
    }
  }

  #ping(): void {
    this.#cancelPing?.();
    this.send({ kind: 'ping', clientTime: splitTime(Date.now()) });
    this.#cancelPing = this.#clock.after(PING_INTERVAL_MS, () => this.#ping());
  }

  #heartbeat(intervalS: number): void {
    this.#cancelHeartbeat?.();
    if (intervalS <= 0) return;
    this.#cancelHeartbeat = this.#clock.after(intervalS * 1000, () => {
      this.#socket?.send('client/heartbeat');
      this.#heartbeat(intervalS);
    });
  }

  #armTick(): void {
    this.#cancelTick?.();
    const dueMs = [sessionDueAtMs(this.#snapshot.session), peerDueAtMs(this.#peerState)].filter((at) => at !== null);
    if (dueMs.length === 0) return;
    // One ms more, since timers may fire a little early and would then change nothing.
    const delayMs = Math.max(0, Math.min(...dueMs) - this.#clock.nowMs()) + 1;
    this.#cancelTick = this.#clock.after(delayMs, () => {
      this.#session({ kind: 'tick' });
      this.#peerInput({ kind: 'tick' });
    });
  }

  #change(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.events.emit('change', this.#snapshot);
  }
}
