import type { Clock } from '../../server/lib/clock.js';
import type { Dispose } from '../../server/lib/dispose.js';
import { Emitter } from '../../server/lib/emitter.js';
import { uriPart } from '../../server/lib/text/seen-text.js';
import type { InputCommand } from '../../server/protocol/channel/channel-input.js';
import type { ScreenSize } from '../../server/protocol/events/screen.js';
import type { PageMessage } from '../wire/page-events.js';
import { command, logIn } from './api.js';
import { ConnectionCheck } from './check/connection-check.js';
import { COOKIE_LOST } from './disconnect-reason.js';
import { socketUrl } from './endpoints.js';
import type { LinkCredentials } from './links.js';
import { type CursorMessage, MediaLink } from './media/media-link.js';
import { applyEvent, withoutAsker } from './room-view.js';
import { type SessionEffect, type SessionInput, sessionDueAtMs, stepSession } from './session-policy.js';
import { SignalSocket } from './signal-socket.js';
import { type ConnectionEvents, type CursorPicture, type CursorPoint, FIRST_SNAPSHOT, type Snapshot } from './snapshot.js';
import { SocketLosses } from './socket-losses.js';
import { storage } from './storage.js';

/**
 * The page's side of the room: signs in, keeps the WebSocket and the WebRTC peer alive, and holds the state that they report.
 * The two policies decide, this shell acts; closing the session closes the socket and the peer, never the reverse.
 */
export class Connection {
  readonly events = new Emitter<ConnectionEvents>();
  /** The last cursor shape and position, for components that appear later. */
  cursor: CursorPicture | null = null;
  position: CursorPoint | null = null;

  readonly #base: string;
  readonly #clock: Clock;
  #snapshot = FIRST_SNAPSHOT;
  #token: string | null = null;
  #credentials: { readonly name: string; readonly password: string } | null = null;
  /** Signed in, but the socket was not accepted yet: another login at once would fail the same way. */
  #untried = false;
  #socket: SignalSocket | null = null;
  readonly #media: MediaLink;
  readonly #check: ConnectionCheck;
  readonly #losses: SocketLosses;
  #cancelTick: Dispose | null = null;
  #cancelHeartbeat: Dispose | null = null;

  constructor(pageBase: string, clock: Clock) {
    this.#base = pageBase;
    this.#clock = clock;
    this.#media = new MediaLink(
      {
        signal: (event, payload) => this.#socket?.send(event, payload),
        phase: (peer) => this.#change({ peer }),
        stream: (stream) => this.#change({ stream }),
        cursor: (message) => this.#hear(message),
        roundTrip: (roundTripMs) => this.#change({ roundTripMs }),
        ending: () => this.events.emit('picture-ends', null),
      },
      clock,
    );
    this.#losses = new SocketLosses(clock);
    this.#check = new ConnectionCheck(
      pageBase,
      {
        signal: (event, payload) => this.#socket?.send(event, payload) ?? false,
        changed: (check) => this.#change({ check }),
      },
      clock,
    );
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Starts with the credentials of the link or of the last visit. */
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

  /** Connects again after the connection was ended from outside, or signs in anew where there is no token. */
  resume(): void {
    this.#session(this.#token === null ? { kind: 'no-token', notice: null } : { kind: 'resume' });
  }

  /** The browser reports that the network is back, or that the page is visible again. */
  wake(networkChanged: boolean): void {
    // ICE would notice only after seconds: it is restarted as soon as there is a socket for it.
    if (networkChanged) this.#media.input({ kind: 'interrupted' });
    const waiting = this.#snapshot.session.kind === 'waiting';
    this.#session({ kind: networkChanged || waiting ? 'network-back' : 'tick' });
  }

  /** Sends an input command over the data channel; false when there is none. The server carries out only those of the session in control. */
  send(input: InputCommand): boolean {
    return this.#media.send(input);
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
    return this.#command(`room/control/give/${uriPart(id)}`);
  }

  /** Takes control from the present host (admins). */
  takeControl(): Promise<boolean> {
    return this.#command('room/control/take');
  }

  /** Dismisses a request for control; the server is not notified. */
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

  /** Tries every path between here and the server; the outcome is in the snapshot. */
  checkConnection(): void {
    this.#check.start(this.#losses.all);
  }

  setAudible(audible: boolean): void {
    this.#media.setAudible(audible);
  }

  /** WebRTC statistics of the present peer, or null without one. */
  stats(): Promise<RTCStatsReport | null> {
    return this.#media.stats();
  }

  #command(path: string): Promise<boolean> {
    return this.#token === null ? Promise.resolve(false) : command(this.#base, this.#token, path);
  }

  #session(input: SessionInput): void {
    const [session, effects] = stepSession(this.#snapshot.session, input, this.#clock.nowMs());
    const over = session.kind === 'signed-out' || session.kind === 'ended';
    this.#change(session.kind === 'signed-out' ? { session, room: null } : { session });
    for (const effect of effects) this.#carryOut(effect, over);
    if (over) this.#media.input({ kind: 'signed-out' });
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
    const outcome = await logIn(this.#base, credentials.name, credentials.password);
    if (this.#credentials !== credentials || this.#snapshot.session.kind !== 'signing-in') return;
    if (outcome.kind === 'unreachable') return this.#session({ kind: 'login-unreachable' });
    if (outcome.kind === 'refused') {
      this.#credentials = null;
      const { retryAfterS } = outcome;
      this.#change({ loginBlockedUntilMs: retryAfterS === null ? null : this.#clock.nowMs() + retryAfterS * 1000 });
      return this.#session({ kind: 'login-refused', notice: outcome.notice });
    }
    this.#token = outcome.token;
    this.#untried = true;
    storage.writeToken(outcome.token);
    this.#change({ loginBlockedUntilMs: null });
    this.#session({ kind: 'token' });
  }

  #openSocket(): void {
    this.#closeSocket(false);
    this.#media.prepare();
    this.#socket = new SignalSocket(socketUrl(this.#base), this.#token ?? '', {
      opened: () => {
        this.#losses.opened();
        this.#media.input({ kind: 'socket-open' });
      },
      heard: () => {
        this.#losses.heard();
        this.#session({ kind: 'message' });
        this.#media.input({ kind: 'heard' });
      },
      received: (message) => this.#receive(message),
      closed: () => {
        this.#losses.lost();
        this.#closeSocket(false);
        this.#session({ kind: 'closed' });
      },
    });
  }

  #closeSocket(forGood: boolean): void {
    if (this.#socket) this.#check.interrupted();
    this.#socket?.close(forGood);
    this.#socket = null;
    this.#cancelHeartbeat?.();
    this.#media.input({ kind: 'socket-lost' });
  }

  #receive(message: PageMessage): void {
    const room = applyEvent(this.#snapshot.room, message);
    if (room !== this.#snapshot.room) this.#change({ room });
    switch (message.event) {
      case 'system/init':
        this.#untried = false;
        this.#session({ kind: 'welcome' });
        this.#tellPeerWhatServerSees();
        this.#heartbeat(message.payload.settings.heartbeat_interval);
        break;
      case 'session/profile':
        if (message.payload.id === room?.meId) this.#media.input({ kind: 'allowed', allowed: message.payload.can_watch });
        break;
      case 'system/disconnect':
        this.#session({
          kind: 'disconnect',
          message: this.#untried && this.#token === '' ? COOKIE_LOST : message.payload.message,
          canSignInAgain: this.#credentials !== null && !this.#untried,
        });
        break;
      case 'doctor/probe':
        void this.#check.try(message.payload);
        break;
      case 'doctor/report':
        this.#check.report(message.payload);
        break;
      case 'doctor/refused':
        this.#check.refused(message.payload.message);
        break;
      case 'clipboard/updated':
        this.events.emit('clipboard', message.payload.text);
        break;
      case 'clipboard/refused':
        this.events.emit('clipboard-refused', message.payload.message);
        break;
      default:
        this.#media.receive(message);
        break;
    }
  }

  #tellPeerWhatServerSees(): void {
    const { room } = this.#snapshot;
    const me = room?.people.get(room.meId);
    if (me) this.#media.input({ kind: 'server-view', watching: me.isWatching, allowed: me.canWatch });
  }

  #hear(message: CursorMessage): void {
    if (message.kind === 'cursor-image') {
      this.cursor = message;
      this.events.emit('cursor', message);
    } else {
      this.position = message;
      this.events.emit('position', message);
    }
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
    const dueAtMs = sessionDueAtMs(this.#snapshot.session);
    if (dueAtMs === null) return;
    // One ms more, since a timer that fires slightly early would change nothing.
    const delayMs = Math.max(0, dueAtMs - this.#clock.nowMs()) + 1;
    this.#cancelTick = this.#clock.after(delayMs, () => this.#session({ kind: 'tick' }));
  }

  #change(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.events.emit('change', this.#snapshot);
  }
}
