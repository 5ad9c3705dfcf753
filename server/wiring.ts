import type { BindAddress, Config } from './config/config.js';
import type { IceTransportsOptions } from './ice/ice-types.js';
import type { Clock } from './lib/clock.js';
import type { Log } from './lib/log.js';
import type { Settings } from './protocol/events/settings.js';
import type { RoomOptions } from './room/open-room.js';
import { SESSION_LIMITS } from './signaling/limits.js';
import type { ServerOptions, SessionOptions } from './signaling/options.js';

/** What ICE needs to know of the configuration; `found` holds the addresses that a web service saw us from, and grows. */
export function iceOptions(
  { webrtc, server }: Config,
  found: readonly string[],
  shell: { readonly clock: Clock; readonly log: Log },
): IceTransportsOptions {
  const { filters } = webrtc;
  return {
    lite: webrtc.icelite,
    udp:
      webrtc.udpmux !== undefined
        ? { kind: 'mux', port: webrtc.udpmux }
        : webrtc.epr !== undefined
          ? { kind: 'range', minPort: webrtc.epr.min, maxPort: webrtc.epr.max }
          : { kind: 'off' },
    tcp:
      webrtc.tcpmux === undefined
        ? { kind: 'off' }
        : { kind: webrtc.tcpmux === server.bind.port ? 'shared' : 'mux', port: webrtc.tcpmux },
    servers: webrtc.iceServers.backend,
    frontendServers: webrtc.iceServers.frontend,
    nat1to1: webrtc.nat1to1,
    foundAddresses: found,
    ...(webrtc.turn === undefined ? {} : { turn: { secret: webrtc.turn.secret, ttlSeconds: webrtc.turn.ttlSec } }),
    candidates: webrtc.candidates,
    filters: {
      ips: filters.ips,
      interfaces: filters.interfaces,
      networks: filters.networks,
      loopback: filters.loopback ? true : 'auto',
      candidates: filters.candidates,
    },
    ...shell,
  };
}

/** What the room needs to know of the configuration. */
export function roomOptions(config: Config): Pick<RoomOptions, 'settings' | 'rules' | 'file'> {
  const { session } = config;
  return {
    settings: roomSettings(config),
    file: session.file ?? null,
    rules: {
      idleMs: session.idleTimeoutMs,
      lifetimeMs: session.lifetimeMs,
      inAll: SESSION_LIMITS.inAll.value,
      keptForAdmins: SESSION_LIMITS.keptForAdmins.value,
      ofNetwork: SESSION_LIMITS.ofAddress.value,
      bans: SESSION_LIMITS.bans.value,
    },
  };
}

function roomSettings({ session }: Config): Settings {
  return {
    private_mode: session.privateMode,
    locked_logins: session.lockedLogins,
    locked_controls: session.lockedControls,
    control_protection: session.controlProtection,
    implicit_hosting: session.implicitHosting,
    inactive_cursors: session.inactiveCursors,
    merciful_reconnect: session.mercifulReconnect,
    heartbeat_interval: session.heartbeatIntervalSec,
    plugins: null,
  };
}

/** `tls` has the PEM texts of `readTls`. */
export function serverOptions({ server }: Config, builtClient: string, tls: ServerOptions['tls']): ServerOptions {
  return {
    pathPrefix: server.pathPrefix === '/' ? '' : server.pathPrefix,
    cors: server.cors,
    trustedProxies: server.trustedProxies,
    tls,
    staticDir: server.static ?? builtClient,
    ownPage: server.static === undefined,
    frameAncestors: server.frameAncestors,
  };
}

export function sessionOptions({ session }: Config): SessionOptions {
  const { cookie } = session;
  return {
    apiToken: session.apiToken ?? '',
    cookie: { ...cookie, domain: cookie.domain ?? '', path: cookie.path ?? '' },
  };
}

/** An address and port as a URL has it. */
export function hostAndPort({ host, port }: BindAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
