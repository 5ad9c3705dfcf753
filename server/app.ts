import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type Capture, openCapture } from './capture/capture.js';
import { pictureProblem } from './capture/capture-status.js';
import type { BindAddress, Config } from './config/config.js';
import { openDesktop } from './desktop/desktop.js';
import { openDoctor } from './doctor/doctor.js';
import { readRegularFileSync } from './files/regular-file.js';
import { retrieveExternalAddress } from './ice/candidates/external-address.js';
import { createIceTransports } from './ice/ice-transports.js';
import { openStunServer } from './ice/stun/stun-server.js';
import type { Clock } from './lib/clock.js';
import { err, ok, type Result } from './lib/result.js';
import { listenOn } from './listening/listen.js';
import { readTls } from './listening/read-tls.js';
import { createSharedPort } from './listening/shared-port.js';
import { createMediaEngine } from './media/create-media-engine.js';
import { createMembers } from './members/create-members.js';
import { announce } from './process/announce.js';
import type { RuntimeFolder } from './process/runtime-folder.js';
import { openRoom } from './room/open-room.js';
import { createSignaling } from './signaling/create-signaling.js';
import { openViewers } from './viewers/open-viewers.js';
import { iceOptions, roomOptions, serverOptions, sessionOptions } from './wiring.js';

/** Where `npm run build` puts the web client. */
const BUILT_CLIENT = fileURLToPath(new URL('../client', import.meta.url));

export interface App {
  /** Resolves when everything is closed. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  /** Prints one line for the person who started the server. */
  say(line: string): void;
  /** The folder of the launcher that keeps the server running; undefined where there is none. */
  readonly runtime?: RuntimeFolder | undefined;
}

/**
 * Builds the stages in the order in which data flows, and closes them in reverse:
 * desktop -> capture -> fan-out -> ICE -> members -> room -> viewers -> doctor -> signaling. What was built is closed again when
 * a later stage fails.
 */
export async function startApp(options: AppOptions): Promise<Result<App>> {
  const closers: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const built = await build(options, (closer) => closers.push(closer));
  if (built.ok) return ok({ close });
  await close();
  return built;
}

async function build(
  { config, log, clock, say, runtime }: AppOptions,
  onClose: (closer: () => void | Promise<void>) => void,
): Promise<Result<void>> {
  const tls = readTls(config.server.tls, readRegularFileSync);
  if (!tls.ok) return tls;
  const found: string[] = [];
  const retrieving = retrieveExternalAddress(config.webrtc, { clock, log });
  onClose(() => retrieving.close());
  const { display, screen, unminimize } = config.desktop;
  if (display === undefined)
    return err('no X display: set NEKO_DESKTOP_DISPLAY or DISPLAY, or use `npm start`, which brings a desktop of its own');
  const part = (name: string) => log.child({ part: name });

  const desktop = await openDesktop({ display, screen, unminimize, log: part('desktop'), clock });
  if (!desktop.ok)
    return err(`${desktop.error}; let NEKO_DESKTOP_DISPLAY name a running display, or use \`npm start\`, which brings one`);
  onClose(() => desktop.value.close());

  const capture = openCapture({
    config: config.capture,
    display: config.capture.video.display ?? display,
    screenshotDisplay: display,
    screen: desktop.value.screen.current(),
    legacy: config.legacy,
    log: part('capture'),
    clock,
  });
  if (!capture.ok) return capture;
  onClose(() => capture.value.close());
  desktop.value.events.on('screenChanged', (size) => capture.value.screenChanged(size));

  const engine = createMediaEngine({ clock });
  onClose(() => engine.close());
  log.info({ ...engine.paths }, 'how packets are sealed and sent');

  const early = await retrieving.first;
  if (early !== undefined) found.push(early);
  const transport = iceOptions(config, found, { clock, log: part('ice') });
  const ice = await createIceTransports(transport);
  if (!ice.ok) return ice;
  onClose(() => ice.value.close());
  retrieving.onLate((address) => {
    found.push(address);
    ice.value.foundAddress(address);
  });

  const members = await createMembers(config.member, config.session.file ?? runtime?.passwordsBeside, {
    log: part('members'),
    clock,
  });
  if (!members.ok) return members;
  onClose(() => members.value.close());
  const room = await openRoom({ ...roomOptions(config), members: members.value.provider, clock, log: part('room') });
  if (!room.ok) return room;
  onClose(() => room.value.close());

  const { viewers, webrtc } = openViewers({
    config,
    desktop: desktop.value,
    capture: capture.value,
    engine,
    ice: ice.value,
    room: room.value.runner,
    clock,
    log,
  });
  onClose(() => viewers.close());

  if (config.webrtc.stunBind !== undefined) {
    const stun = await openStunServers(config.webrtc.stunBind, clock);
    if (!stun.ok) return stun;
    onClose(stun.value);
  }

  const { server } = config;
  const doctor = await openDoctor({
    ice: ice.value,
    iceOptions: transport,
    frontendServers: config.webrtc.iceServers.frontend,
    http: {
      ...server.bind,
      tls: server.tls !== undefined,
      proxy: server.proxy,
      pathPrefix: server.pathPrefix.replace(/^\/$/, ''),
    },
    clock,
    log: part('doctor'),
  });
  onClose(() => doctor.close());

  const signaling = await createSignaling({
    room: room.value,
    server: serverOptions(config, BUILT_CLIENT, tls.value),
    session: sessionOptions(config),
    desktop: desktop.value,
    capture: capture.value,
    viewers,
    webrtc,
    members: members.value.provider,
    doctor,
    screenshots: capture.value,
    health: { problem: () => desktop.value.problem ?? pictureProblem(capture.value.status(), firstShown(capture.value)) },
    clock,
    log: part('signaling'),
  });
  onClose(() => signaling.close());
  const { app } = signaling;
  await app.ready();
  const shared =
    config.webrtc.tcpmux === config.server.bind.port
      ? createSharedPort(app.server, signaling.connections, (socket, firstBytes) => ice.value.acceptTcp(socket, firstBytes))
      : undefined;
  onClose(() => shared?.close());
  const usable = await capture.value.usable();
  if (!usable.ok) return usable;
  const listening = await listenOn(config.server.bind, (address) => (shared ?? app).listen(address));
  if (!listening.ok) return listening;
  runtime?.tellAddress(config.server, log);
  announce(config, members.value.generated, say);
  doctor.logAtStart();
  return ok(undefined);
}

/** The stream that a newcomer is shown. */
function firstShown(capture: Capture): string {
  return capture.videoIds.find((id) => !capture.isBroken(id)) ?? capture.videoIds[0] ?? '';
}

/** The built-in STUN server on the configured address, or on every one of both families; returns what closes it. */
async function openStunServers({ host, port }: BindAddress, clock: Clock): Promise<Result<() => Promise<void>>> {
  const hosts = host === '' ? ['0.0.0.0', '::'] : [host];
  const opened = await Promise.all(hosts.map((address) => openStunServer({ address, port, clock })));
  const servers = opened.flatMap((server) => (server.ok ? [server.value] : []));
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  const failure = opened.find((server) => !server.ok);
  // Without IPv6 on the machine, IPv4 alone is every address.
  if (failure !== undefined && !failure.ok && servers.length === 0) return failure;
  return ok(close);
}
