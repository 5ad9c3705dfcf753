import type { FastifyInstance } from 'fastify';
import { Turns } from '../members/turns.js';
import { Callers } from './callers.js';
import { ClipboardAnnouncer } from './clipboard-announcer.js';
import { steerViewers } from './datachannel/channel-front.js';
import { addCallers, refuseGuesses } from './http/access/caller.js';
import { trustedPeers } from './http/access/client-address.js';
import { guardWrites } from './http/access/guard-writes.js';
import { addSecurityHeaders } from './http/access/security-headers.js';
import { closeBehindLongBodies } from './http/bodies/pending-body.js';
import { addBodies } from './http/bodies/receive-body.js';
import type { ConnectionGate } from './http/connections/connection-gate.js';
import { boundAnswers } from './http/connections/large-answers.js';
import { openGate } from './http/connections/open-gate.js';
import { watchDescriptors } from './http/connections/watch-descriptors.js';
import { requireWellFormed } from './http/connections/well-formed.js';
import { createHttpApp } from './http/http-app.js';
import { addErrors } from './http/http-errors.js';
import { limitRequests } from './http/rates/limit-requests.js';
import { addEndpoints, addUnmatched, requireLiteralPaths } from './http/router.js';
import { banRoutes } from './http/routes/bans.js';
import { batchRoute } from './http/routes/batch.js';
import { captureRoutes } from './http/routes/capture.js';
import { clipboardRoutes } from './http/routes/clipboard.js';
import { controlRoutes } from './http/routes/control.js';
import { doctorRoutes } from './http/routes/doctor.js';
import { healthRoutes } from './http/routes/health.js';
import { keyboardRoutes } from './http/routes/keyboard.js';
import { loginRoutes } from './http/routes/login.js';
import { memberRoutes } from './http/routes/members.js';
import { ownSessionRoutes } from './http/routes/own-session.js';
import { screenRoutes } from './http/routes/screen.js';
import { screenshotRoute } from './http/routes/screenshot.js';
import { sessionRoutes } from './http/routes/sessions.js';
import { settingsRoutes } from './http/routes/settings.js';
import { openInput } from './input/open-input.js';
import type { SignalingOptions } from './options.js';
import type { Services } from './services.js';
import { SessionRates } from './session-rates.js';
import { Heartbeats } from './websocket/heartbeats.js';
import { sendEffects } from './websocket/send-effects.js';
import { addSocketRoute } from './websocket/socket-route.js';
import { Sockets } from './websocket/sockets.js';

/** The room's fronts: HTTP API, WebSocket and static files in one Fastify application that the caller listens with. */
export interface Signaling {
  readonly app: FastifyInstance;
  /** Counts the connections of `app`, also those that another listener accepts. */
  readonly connections: ConnectionGate;
  /** Sends every client the reason, and resolves when the server is closed. */
  close(): Promise<void>;
}

/** Opens the fronts of an open room. */
export async function createSignaling(options: SignalingOptions): Promise<Signaling> {
  const { clock, log, desktop, session } = options;
  const { runner: room, passwordMarks } = options.room;
  const sockets = new Sockets(room, clock, log);
  // The host must not lose keys through other sessions at its address.
  const rates = new SessionRates((id) => (room.isHost(id) ? null : (room.state.sessions.get(id)?.place.network ?? null)));
  const services: Services = {
    ...options,
    room,
    trusts: trustedPeers(options.server.trustedProxies),
    sockets,
    heartbeats: new Heartbeats(clock, sockets, log),
    rates,
    callers: new Callers(room, session.apiToken, log),
    passwordMarks,
    passwordChanges: { count: 0 },
    memberTurns: new Turns(1),
    startedAtMs: Date.now(),
  };
  const stopInput = openInput(services);
  const stopSending = sendEffects(services);
  const stopSteering = steerViewers(services);
  const stopWatching = watchDescriptors(clock, log);
  const connections = openGate(services);
  const app = await createApp(services, connections, () => options.room.flush());
  const announcer = new ClipboardAnnouncer(services);
  const stopClipboard = desktop.clipboard.onChange(() => announcer.changed());
  let closing: Promise<void> | null = null;
  const close = async () => {
    stopClipboard();
    stopWatching();
    announcer.close();
    stopInput();
    sockets.close();
    await app.close();
    stopSending();
    stopSteering();
  };
  return {
    app,
    connections,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function createApp(services: Services, gate: ConnectionGate, saved: () => Promise<void>): Promise<FastifyInstance> {
  const app = await createHttpApp(services.server, { gate, trusts: services.trusts, clock: services.clock, log: services.log });
  // A session is on disk before its token is answered, and a ban too, so that a crash right after loses neither.
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
    ...captureRoutes,
    ...clipboardRoutes,
    ...keyboardRoutes,
    ...doctorRoutes,
    batchRoute(() => app, services.server.pathPrefix),
    ...healthRoutes,
  ]);
  addUnmatched(app, services, [...known, ...addSocketRoute(app, services)]);
  return app;
}
