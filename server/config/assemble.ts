import type { CaptureConfig, Config, FilterSettings, MemberConfig, ServerConfig, SessionConfig, WebRtcConfig } from './config.js';
import { resolveIceServers } from './ice-servers.js';
import type { Values } from './schema.js';
import type { Environment } from './sources/environment.js';
import { resolveStreams } from './streams.js';
import type { V2Outcome } from './v2/v2.js';

/** Facts that decide beside the values themselves. */
export interface AssemblyContext {
  readonly env: Environment;
  readonly v2: V2Outcome;
}

/** The port range when neither a range nor a mux is configured (SPEC.md CF7). */
export const DEFAULT_PORT_RANGE = { min: 59_000, max: 59_100 };

/** Turns the values of the schema into the configuration that the server runs on: names, fallbacks and combinations. */
export function assemble(values: Values, context: AssemblyContext): Config {
  return {
    legacy: values.legacy,
    log: {
      level: values.debug && values.log.level !== 'trace' ? 'debug' : values.log.level,
      time: values.log.time,
      json: values.log.json,
      color: !values.log.nocolor && !context.env.NO_COLOR,
      dir: given(values.log.dir),
    },
    server: server(values.server),
    session: session(values.session),
    member: member(values.member),
    desktop: {
      display: given(values.desktop.display) ?? given(context.env.DISPLAY ?? ''),
      screen: values.desktop.screen,
      input: values.desktop.input,
      unminimize: values.desktop.unminimize,
      uploadDrop: values.desktop.upload_drop,
      fileChooserDialog: values.desktop.file_chooser_dialog,
    },
    capture: capture(values, context),
    webrtc: webrtc(values.webrtc, context.v2),
    plugins: values.plugins,
    chat: values.chat,
    filetransfer: {
      enabled: values.filetransfer.enabled,
      dir: values.filetransfer.dir,
      refreshIntervalMs: values.filetransfer.refresh_interval,
      userDownload: values.filetransfer.user_download,
      userUpload: values.filetransfer.user_upload,
      userDelete: values.filetransfer.user_delete,
    },
    openinapp: { enabled: values.openinapp.enabled, openCommand: values.openinapp.open_command },
  };
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function server(values: Values['server']): ServerConfig {
  return {
    bind: values.bind,
    tls: values.cert !== '' && values.key !== '' ? { certPath: values.cert, keyPath: values.key } : undefined,
    proxy: values.proxy || values.trusted_proxies.length > 0,
    trustedProxies: trustedProxies(values),
    frameAncestors: values.frame_ancestors.join(' ') || "'none'",
    static: given(values.static),
    pathPrefix: normalizePrefix(values.path_prefix),
    pprof: values.pprof,
    metrics: values.metrics,
    cors: values.cors.includes('*') ? ['*'] : values.cors,
  };
}

/** Where a proxy of the same machine, container network or local network has its address (RFC 1918, RFC 4193, RFC 3927). */
const NEAR = ['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '169.254.0.0/16', 'fe80::/10'];

function trustedProxies({ proxy, trusted_proxies: listed }: Values['server']): readonly string[] {
  return listed.length > 0 ? listed : proxy ? NEAR : [];
}

/** `neko/` is `/neko`, empty is `/`; `.` and `..` are resolved as in a path. */
function normalizePrefix(prefix: string): string {
  const parts: string[] = [];
  for (const part of prefix.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function session(values: Values['session']): SessionConfig {
  return {
    file: given(values.file),
    privateMode: values.private_mode,
    lockedLogins: values.locked_logins,
    lockedControls: values.locked_controls || values.control_protection,
    controlProtection: values.control_protection,
    implicitHosting: values.implicit_hosting,
    inactiveCursors: values.inactive_cursors,
    mercifulReconnect: values.merciful_reconnect,
    heartbeatIntervalSec: values.heartbeat_interval,
    idleTimeoutMs: values.idle_timeout,
    lifetimeMs: values.lifetime,
    apiToken: given(values.api_token),
    cookie: {
      enabled: values.cookie.enabled,
      name: values.cookie.name,
      expirationMs: values.cookie.expiration,
      secure: values.cookie.secure,
      httpOnly: values.cookie.http_only,
      domain: given(values.cookie.domain),
      path: given(values.cookie.path),
    },
  };
}

function member(values: Values['member']): MemberConfig {
  return {
    provider: values.provider,
    file: { path: given(values.file.path), hash: values.file.hash },
    object: values.object,
    multiuser: {
      userPassword: given(values.multiuser.user_password),
      adminPassword: given(values.multiuser.admin_password),
      userProfile: values.multiuser.user_profile,
      adminProfile: values.multiuser.admin_profile,
    },
  };
}

function capture(values: Values, { env, v2 }: AssemblyContext): CaptureConfig {
  const { audio, video, broadcast, screencast, webcam, microphone } = values.capture;
  const single = given(video.pipeline) !== undefined || v2.video !== undefined;
  return {
    audio: { device: audio.device, codec: audio.codec, pipeline: given(audio.pipeline), v2: v2.audio },
    video: {
      // neko uses DISPLAY and ignores desktop.display; we use desktop.display where there is no DISPLAY.
      display: given(video.display) ?? given(env.DISPLAY ?? '') ?? given(values.desktop.display),
      codec: video.codec,
      ...resolveStreams(video.ids, video.pipelines, single),
      pipeline: Object.keys(video.pipelines).length > 0 ? undefined : given(video.pipeline),
      v2: v2.video,
    },
    broadcast: {
      audioBitrateKbps: broadcast.audio_bitrate,
      videoBitrateKbps: broadcast.video_bitrate,
      preset: broadcast.preset,
      pipeline: given(broadcast.pipeline),
      url: given(broadcast.url),
      autostart: broadcast.autostart,
    },
    screencast: { ...screencast, pipeline: given(screencast.pipeline) },
    webcam,
    microphone,
  };
}

function webrtc(values: Values['webrtc'], v2: V2Outcome): WebRtcConfig {
  // Where only v2 settings name a mux, the v3 step of neko has already chosen the default range.
  const tcpOnly = values.tcpmux !== null && !v2.overlay.has('webrtc.tcpmux');
  const fallback = tcpOnly ? undefined : DEFAULT_PORT_RANGE;
  const { estimator } = values;
  const { frontend, backend } = resolveIceServers(values, v2.iceUrls);
  return {
    icelite: values.icelite,
    icetrickle: values.icetrickle,
    iceServers: { frontend, backend },
    turn: values.turn.secret === '' ? undefined : { secret: values.turn.secret, ttlSec: Math.floor(values.turn.ttl / 1_000) },
    epr: values.udpmux !== null ? undefined : (values.epr ?? fallback),
    udpmux: values.udpmux ?? undefined,
    tcpmux: values.tcpmux ?? undefined,
    nat1to1: values.nat1to1,
    ipRetrievalUrl: given(values.ip_retrieval_url),
    candidates: values.candidates,
    filters: filters(values.filters),
    stunBind: values.stun_bind ?? undefined,
    estimator: {
      enabled: estimator.enabled,
      passive: estimator.passive,
      debug: estimator.debug,
      initialBitrateBps: estimator.initial_bitrate,
      readIntervalMs: estimator.read_interval,
      stableDurationMs: estimator.stable_duration,
      unstableDurationMs: estimator.unstable_duration,
      stalledDurationMs: estimator.stalled_duration,
      downgradeBackoffMs: estimator.downgrade_backoff,
      upgradeBackoffMs: estimator.upgrade_backoff,
      diffThreshold: estimator.diff_threshold,
    },
  };
}

function filters(values: Values['webrtc']['filters']): FilterSettings {
  return { ...values };
}
