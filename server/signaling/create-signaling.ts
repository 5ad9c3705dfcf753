import type { FastifyInstance } from 'fastify';
import { ok, type Result } from '../lib/result.js';
import { openRoom } from '../room/room-state.js';
import { createEffectSink } from './effect-sink.js';
import { announceClipboard } from './handlers/clipboard.js';
import { createHttpApp } from './http-app.js';
import { addErrors } from './http-errors.js';
import type { SignalingOptions } from './options.js';
import { RoomRunner } from './room-runner.js';
import { addEndpoints, addUnmatched, requireLiteralPaths } from './router.js';
import { batchRoute } from './routes/batch.js';
import { clipboardRoutes } from './routes/clipboard.js';
import { controlRoutes } from './routes/control.js';
import { doctorRoutes } from './routes/doctor.js';
import { healthRoute } from './routes/health.js';
import { keyboardRoutes } from './routes/keyboard.js';
import { loginRoutes } from './routes/login.js';
import { memberRoutes } from './routes/members.js';
import { ownSessionRoutes } from './routes/own-session.js';
import { screenRoutes } from './routes/screen.js';
import { sessionRoutes } from './routes/sessions.js';
import { settingsRoutes } from './routes/settings.js';
import type { Services } from './services.js';
import { SessionFile } from './session-file.js';
import { addSocketRoute } from './socket-route.js';
import { Sockets } from './sockets.js';

/** The room's front: HTTP API, WebSocket and static files in one Fastify application that the caller listens with. */
export interface Signaling {
  readonly app: FastifyInstance;
  /** Whether the session is in control now. */
  isHost(sessionId: string): boolean;
  /** Says good-bye to every client and resolves when the server is closed and the sessions are on disk. */
  close(): Promise<void>;
}

/** Opens the room with the sessions that were saved; the error says why their file cannot be used. */
export async function createSignaling(options: SignalingOptions): Promise<Result<Signaling>> {
  const { clock, log, desktop, peers } = options;
  const file = options.session.file === null ? null : new SessionFile(options.session.file, log, clock);
  const saved = (await file?.load()) ?? ok([]);
  if (!saved.ok) return saved;
  const sockets = new Sockets(clock);
  const sink = createEffectSink({ sockets, desktop, peers, file });
  const room = new RoomRunner(openRoom(options.settings, saved.value), clock, sink);
  const services: Services = { ...options, room, sockets, startedAtMs: Date.now() };
  const app = await createApp(services, async () => file?.flush());
  const stopClipboard = desktop.clipboard.onChange(() => {
    announceClipboard(services).catch((error: unknown) => log.warn({ error: String(error) }, 'clipboard cannot be read'));
  });
  let closing: Promise<void> | null = null;
  const close = async () => {
    stopClipboard();
    sockets.close();
    await app.close();
    room.close();
    await file?.close();
  };
  return ok({
    app,
    isHost: (sessionId) => room.state.hostId === sessionId,
    close: () => {
      closing ??= close();
      return closing;
    },
  });
}

async function createApp(services: Services, saved: () => Promise<void>): Promise<FastifyInstance> {
  const app = await createHttpApp(services.server);
  // A session whose token has been answered is on disk, so that a crash right after takes none along.
  app.addHook('onSend', saved);
  requireLiteralPaths(app);
  addErrors(app, services);
  const known = addEndpoints(app, services, [
    ...loginRoutes(),
    ...ownSessionRoutes,
    ...sessionRoutes,
    ...memberRoutes,
    ...settingsRoutes,
    ...controlRoutes,
    ...screenRoutes,
    ...clipboardRoutes,
    ...keyboardRoutes,
    ...doctorRoutes,
    batchRoute(() => app, services.server.pathPrefix),
    healthRoute,
  ]);
  addUnmatched(app, services, [...known, ...addSocketRoute(app, services)]);
  return app;
}
