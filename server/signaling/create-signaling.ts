import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { ok, type Result } from '../lib/result.js';
import { Turns } from '../members/turns.js';
import { openRoom, savedSessions } from '../room/room-state.js';
import { BanFile } from './ban-file.js';
import { Callers } from './callers.js';
import { trustedPeers } from './client-address.js';
import { ClipboardAnnouncer } from './clipboard-announcer.js';
import { createEffectSink } from './effect-sink.js';
import { Heartbeats } from './heartbeats.js';
import { addCallers, refuseGuesses } from './http/caller.js';
import type { ConnectionGate } from './http/connection-gate.js';
import { guardWrites } from './http/guard-writes.js';
import { boundAnswers } from './http/large-answers.js';
import { limitRequests } from './http/limit-requests.js';
import { openGate } from './http/open-gate.js';
import { closeBehindLongBodies } from './http/pending-body.js';
import { addBodies } from './http/receive-body.js';
import { addSecurityHeaders } from './http/security-headers.js';
import { watchDescriptors } from './http/watch-descriptors.js';
import { requireWellFormed } from './http/well-formed.js';
import { createHttpApp } from './http-app.js';
import { addErrors } from './http-errors.js';
import { InputQueue } from './input-queue.js';
import type { SignalingOptions } from './options.js';
import { PasswordMarks } from './password-marks.js';
import { carryOut } from './pointer.js';
import { restoreSessions } from './restore-sessions.js';
import { RoomRunner } from './room-runner.js';
import { addEndpoints, addUnmatched, requireLiteralPaths } from './router.js';
import { banRoutes } from './routes/bans.js';
import { batchRoute } from './routes/batch.js';
import { clipboardRoutes } from './routes/clipboard.js';
import { controlRoutes } from './routes/control.js';
import { doctorRoutes } from './routes/doctor.js';
import { healthRoutes } from './routes/health.js';
import { keyboardRoutes } from './routes/keyboard.js';
import { loginRoutes } from './routes/login.js';
import { memberRoutes } from './routes/members.js';
import { ownSessionRoutes } from './routes/own-session.js';
import { screenRoutes } from './routes/screen.js';
import { screenshotRoute } from './routes/screenshot.js';
import { sessionRoutes } from './routes/sessions.js';
import { settingsRoutes } from './routes/settings.js';
import { saveRegularly } from './save-regularly.js';
import { sayDropped } from './say-dropped.js';
import type { Services } from './services.js';
import { SessionFile } from './session-file.js';
import { SessionRates } from './session-rates.js';
import { addSocketRoute } from './socket-route.js';
import { Sockets } from './sockets.js';

/** The room's front: HTTP API, WebSocket and static files in one Fastify application that the caller listens with. */
export interface Signaling {
  readonly app: FastifyInstance;
  /** Counts the connections of `app`, whoever accepts them. */
  readonly connections: ConnectionGate;
  /** Whether the session is in control now. */
  isHost(sessionId: string): boolean;
  /** Says good-bye to every client and resolves when the server is closed and the sessions are on disk. */
  close(): Promise<void>;
}

/** Opens the room with the sessions that were saved; the error says why their file cannot be used. */
export async function createSignaling(options: SignalingOptions): Promise<Result<Signaling>> {
  const { clock, log, desktop, peers } = options;
  const file = options.session.file === null ? null : new SessionFile(options.session.file, log, clock);
  const loaded = (await file?.load(Date.now())) ?? ok([]);
  if (!loaded.ok) return loaded;
  const sockets = new Sockets(clock, log);
  const bans = options.session.file === null ? null : new BanFile(options.session.file, log, clock);
  const banned = (await bans?.load()) ?? ok([]);
  if (!banned.ok) return banned;
  // Who is in control is not to lose keys by what others at the same address do.
  const rates = new SessionRates((id) =>
    room.state.hostId === id ? null : (room.state.sessions.get(id)?.place.network ?? null),
  );
  const input = new InputQueue({
    input: desktop.input,
    clock,
    carryOut: (source, job) => carryOut({ desktop, peers, room }, source, job),
    dropped: (sessionId) => sayDropped({ rates, clock, log }, sessionId, 'input'),
  });
  const sink = createEffectSink({ sockets, desktop, peers, input, file, bans });
  const passwordMarks = new PasswordMarks(file?.key ?? randomBytes(32));
  const saved = await restoreSessions(loaded.value, options.members, passwordMarks, log);
  const { settings, session } = options;
  const room = new RoomRunner(
    openRoom({ settings, rules: session.rules, saved, bans: banned.value, nowMs: Date.now() }),
    clock,
    sink,
  );
  // Ends what was over before the start, and wakes the room for the next.
  room.apply({ kind: 'tick' });
  if (saved.length > 0) file?.save(savedSessions(room.state));
  const callers = new Callers(room, session.apiToken, log);
  const trusts = trustedPeers(options.server.trustedProxies);
  const services: Services = {
    ...options,
    trusts,
    room,
    sockets,
    heartbeats: new Heartbeats(clock, sockets, log),
    rates,
    input,
    callers,
    passwordMarks,
    passwordChanges: { count: 0 },
    memberTurns: new Turns(1),
    startedAtMs: Date.now(),
  };
  const stopSaving = file === null ? () => {} : saveRegularly(room, file, clock);
  const stopWatching = watchDescriptors(clock, log);
  const connections = openGate(services);
  const app = await createApp(services, connections, async () => void (await Promise.all([file?.flush(), bans?.flush()])));
  const announcer = new ClipboardAnnouncer(services);
  const stopClipboard = desktop.clipboard.onChange(() => announcer.changed());
  let closing: Promise<void> | null = null;
  const close = async () => {
    stopClipboard();
    stopWatching();
    announcer.close();
    input.close();
    sockets.close();
    await app.close();
    room.close();
    stopSaving();
    file?.save(savedSessions(room.state));
    await file?.close();
    await bans?.close();
  };
  return ok({
    app,
    connections,
    isHost: (sessionId) => room.state.hostId === sessionId,
    close: () => {
      closing ??= close();
      return closing;
    },
  });
}

async function createApp(services: Services, gate: ConnectionGate, saved: () => Promise<void>): Promise<FastifyInstance> {
  const app = await createHttpApp(services.server, { gate, trusts: services.trusts, clock: services.clock, log: services.log });
  // A session whose token has been answered is on disk, and so is a ban, so that a crash right after takes none along.
  app.addHook('onSend', saved);
  addSecurityHeaders(app, services.server);
  addCallers(app, services, gate);
  limitRequests(app, services.clock);
  requireWellFormed(app);
  refuseGuesses(app);
  addBodies(app, services.clock);
  boundAnswers(app);
  closeBehindLongBodies(app);
  guardWrites(app, services);
  requireLiteralPaths(app);
  addErrors(app, services);
  const known = addEndpoints(app, services, [
    ...loginRoutes(),
    ...ownSessionRoutes,
    ...sessionRoutes,
    ...banRoutes,
    ...memberRoutes,
    ...settingsRoutes,
    ...controlRoutes,
    ...screenRoutes,
    screenshotRoute(),
    ...clipboardRoutes,
    ...keyboardRoutes,
    ...doctorRoutes,
    batchRoute(() => app, services.server.pathPrefix),
    ...healthRoutes,
  ]);
  addUnmatched(app, services, [...known, ...addSocketRoute(app, services)]);
  return app;
}
