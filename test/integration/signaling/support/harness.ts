import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from '../../../../server/lib/clock.js';
import { createSharedPort, type SharedPort } from '../../../../server/listening/shared-port.js';
import type { Settings } from '../../../../server/protocol/events/settings.js';
import { type OpenRoom, openRoom, type RoomOptions } from '../../../../server/room/open-room.js';
import { createSignaling, type Signaling } from '../../../../server/signaling/create-signaling.js';
import type { ServerOptions, SessionOptions } from '../../../../server/signaling/options.js';
import type { MemberPort } from '../../../../server/signaling/ports.js';
import { DEFAULT_SETTINGS } from '../../../support/default-settings.js';
import { freePort } from '../../../support/free-port.mjs';
import { ENDLESS } from '../../../support/sessions.js';
import { FakeDesktop } from './fake-desktop.js';
import { FakeDoctor } from './fake-doctor.js';
import { ADMIN_PASSWORD, fakeMembers, USER_PASSWORD } from './fake-members.js';
import { FakePeers } from './fake-peers.js';
import { FakeScreenshots } from './fake-screenshots.js';

export interface Overrides {
  readonly server?: Partial<ServerOptions>;
  readonly session?: Partial<SessionOptions & Pick<RoomOptions, 'file' | 'rules'>>;
  readonly settings?: Partial<Settings>;
  readonly clock?: Clock;
  readonly members?: MemberPort;
  /** Behind the port that HTTP shares with ICE over TCP. */
  readonly sharedPort?: boolean;
}

export interface Login {
  readonly id: string;
  readonly token: string;
}

export const COOKIE = {
  enabled: false,
  name: 'NEKO_SESSION',
  expirationMs: 86_400_000,
  secure: true,
  httpOnly: true,
  domain: '',
  path: '',
};

/** A listening signaling server on fakes, with everything it logged. */
export class Harness {
  readonly desktop = new FakeDesktop();
  readonly peers = new FakePeers();
  readonly doctor = new FakeDoctor();
  readonly screenshots = new FakeScreenshots();
  readonly logged: string[] = [];
  /** Why a viewer would get no picture. */
  noPicture: string | undefined;
  readonly #clients: Client[] = [];
  #room: OpenRoom | null = null;
  #signaling: Signaling | null = null;
  #shared: SharedPort | null = null;
  base = '';

  static async start({
    server,
    session,
    settings,
    clock = systemClock,
    members = fakeMembers(),
    sharedPort = false,
  }: Overrides = {}): Promise<Harness> {
    const harness = new Harness();
    const log = (level: string) => (fields: object, message: string) =>
      void harness.logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const logs = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    const { file = null, rules = ENDLESS, ...options } = session ?? {};
    const room = await openRoom({ settings: { ...DEFAULT_SETTINGS, ...settings }, rules, file, members, clock, log: logs });
    if (!room.ok) throw new Error(room.error);
    harness.#room = room.value;
    const signaling = await createSignaling({
      room: room.value,
      server: {
        pathPrefix: '',
        cors: [],
        trustedProxies: [],
        tls: null,
        staticDir: null,
        ownPage: false,
        frameAncestors: "'self'",
        ...server,
      },
      session: { apiToken: '', cookie: COOKIE, ...options },
      desktop: harness.desktop,
      capture: { noteInput: () => undefined, problems: () => [{ about: 'low', reason: 'no element "x264enc"' }] },
      viewers: harness.peers,
      webrtc: harness.peers,
      members,
      doctor: harness.doctor,
      screenshots: harness.screenshots,
      health: { problem: () => harness.noPicture },
      clock,
      log: logs,
    });
    harness.#signaling = signaling;
    if (sharedPort) await harness.#share(signaling);
    else {
      const address = await signaling.app.listen({ host: '127.0.0.1', port: 0 });
      harness.base = `${schemeOf(signaling)}://${new URL(address).host}`;
    }
    return harness;
  }

  async #share({ app, connections }: Signaling): Promise<void> {
    await app.ready();
    this.#shared = createSharedPort(app.server, connections, (socket) => socket.destroy());
    const port = await freePort();
    await this.#shared.listen({ host: '127.0.0.1', port });
    this.base = `${schemeOf({ app })}://127.0.0.1:${port}`;
  }

  /** Node's server. */
  get http1(): Server {
    if (this.#signaling === null) throw new Error('not started');
    return this.#signaling.app.server;
  }

  /** The HTTP connections that there are. */
  get connections(): number {
    return this.#signaling?.connections.size ?? 0;
  }

  async close(): Promise<void> {
    this.#shared?.close();
    await this.#signaling?.close();
    await this.#room?.close();
    for (const client of this.#clients) client.socket.terminate();
  }

  async http(method: string, path: string, { token, body, headers = {} }: Request = {}): Promise<Response> {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(this.base + path, { method, headers: { ...authorization, ...headers }, body: text, redirect: 'manual' });
  }

  async login(role: 'admin' | 'user', username: string = role): Promise<Login> {
    const password = role === 'admin' ? ADMIN_PASSWORD : USER_PASSWORD;
    const response = await this.http('POST', '/api/login', { body: { username, password } });
    return JSON.parse(await response.text());
  }

  socket(query: string, headers: Record<string, string> = {}): Client {
    const client = new Client(new WebSocket(`${this.base.replace('http', 'ws')}/api/ws${query}`, { headers }));
    this.#clients.push(client);
    return client;
  }

  /** Logs in and connects; resolves when the greeting is complete. */
  async join(role: 'admin' | 'user', username: string = role): Promise<Client & Login> {
    return this.enter(await this.login(role, username));
  }

  async enter({ id, token }: Login): Promise<Client & Login> {
    const client = Object.assign(this.socket(`?token=${token}`), { id, token });
    await client.seen('session/state', (payload) => JSON.stringify(payload).includes(id));
    return client;
  }
}

function schemeOf({ app }: Pick<Signaling, 'app'>): 'http' | 'https' {
  return app.server instanceof TlsServer ? 'https' : 'http';
}

interface Request {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

interface Received {
  readonly event: string;
  readonly payload?: unknown;
}

/** A WebSocket that keeps what it received. */
export class Client {
  readonly received: Received[] = [];
  closeCode: number | null = null;
  status: number | null = null;
  readonly #waiting = new Set<() => void>();

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.#note(() => this.received.push(JSON.parse(String(data)))));
    socket.on('close', (code) =>
      this.#note(() => {
        this.closeCode = code;
      }),
    );
    socket.on('unexpected-response', (_request, response) =>
      this.#note(() => {
        this.status = response.statusCode ?? 0;
      }),
    );
    socket.on('error', () => {});
  }

  send(event: string, payload?: unknown): void {
    this.socket.send(JSON.stringify({ event, payload }));
  }

  get events(): string[] {
    return this.received.map(({ event }) => event);
  }

  /** The payload of the first message from index `from` on that fits. */
  seen(event: string, where: (payload: unknown) => boolean = () => true, from = 0): Promise<unknown> {
    return this.until(
      () => this.received.slice(from).find((message) => message.event === event && where(message.payload)),
      event,
    ).then((message) => message.payload);
  }

  closed(): Promise<number> {
    return this.until(() => (this.closeCode === null ? undefined : { code: this.closeCode }), 'close').then(({ code }) => code);
  }

  /** Everything sent before has been worked on once this resolves. */
  async settle(): Promise<void> {
    const subject = `barrier ${this.received.length} ${performance.now()}`;
    const own = this.received.find(({ event }) => event === 'system/init')?.payload;
    const receiver = typeof own === 'object' && own !== null && 'session_id' in own ? own.session_id : '';
    this.send('send/unicast', { receiver, subject });
    await this.seen('send/unicast', (payload) => JSON.stringify(payload).includes(subject));
  }

  until<T>(probe: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${what}; got ${this.events.join(' ')}`)), 15_000);
      const look = () => {
        const found = probe();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #note(change: () => void): void {
    change();
    for (const look of [...this.#waiting]) look();
  }
}
