import type { AudioCodecName, VideoCodecName } from '../protocol/codec.js';
import type { MemberProfile } from '../protocol/events/profile.js';
import type { ScreenSize } from '../protocol/events/screen.js';

/**
 * The whole configuration after reading, checking and resolving (SPEC.md); made by `loadConfig` only.
 * `undefined` always means "not configured": the feature is off or uses its own default.
 */
export interface Config {
  readonly legacy: boolean;
  readonly log: LogConfig;
  readonly server: ServerConfig;
  readonly session: SessionConfig;
  readonly member: MemberConfig;
  readonly desktop: DesktopConfig;
  readonly capture: CaptureConfig;
  readonly webrtc: WebRtcConfig;
  readonly plugins: { readonly enabled: boolean; readonly dir: string; readonly required: boolean };
  readonly chat: { readonly enabled: boolean };
  readonly filetransfer: FileTransferConfig;
  readonly openinapp: { readonly enabled: boolean; readonly openCommand: string };
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'disabled';

export interface LogConfig {
  /** The level after the shortcut `debug` was applied. */
  readonly level: LogLevel;
  readonly time: 'unix' | 'unixms' | 'unixmicro';
  readonly json: boolean;
  readonly color: boolean;
  /** Directory of log files; undefined means standard error. */
  readonly dir: string | undefined;
}

/** A listening address. An empty host means every address of both families. IPv6 hosts carry no brackets. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServerConfig {
  readonly bind: BindAddress;
  /** Paths of PEM files; both are set or none. */
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  readonly proxy: boolean;
  /** Addresses and networks of the trusted proxies; empty without `proxy`. */
  readonly trustedProxies: readonly string[];
  /** Sources of the directive frame-ancestors. */
  readonly frameAncestors: string;
  /** Directory of the web client. */
  readonly static: string | undefined;
  /** Starts with `/` and has no trailing one; `/` alone means no prefix. */
  readonly pathPrefix: string;
  readonly pprof: boolean;
  readonly metrics: boolean;
  /** Allowed origins; `['*']` allows every one. */
  readonly cors: readonly string[];
}

export interface SessionConfig {
  readonly file: string | undefined;
  readonly privateMode: boolean;
  readonly lockedLogins: boolean;
  /** Already true when control protection asks for it. */
  readonly lockedControls: boolean;
  readonly controlProtection: boolean;
  readonly implicitHosting: boolean;
  readonly inactiveCursors: boolean;
  readonly mercifulReconnect: boolean;
  readonly heartbeatIntervalSec: number;
  /** How long an unused session stays valid; 0 means for ever. */
  readonly idleTimeoutMs: number;
  /** How long a session stays valid, used or not; 0 means for ever. */
  readonly lifetimeMs: number;
  readonly apiToken: string | undefined;
  readonly cookie: CookieConfig;
}

export interface CookieConfig {
  readonly enabled: boolean;
  readonly name: string;
  readonly expirationMs: number;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly domain: string | undefined;
  readonly path: string | undefined;
}

export type MemberProviderName = 'multiuser' | 'object' | 'file' | 'noauth';

/** One account of the object provider, as configured: flags that were not given are false. */
export interface ConfiguredUser {
  readonly username: string;
  readonly password: string;
  readonly profile: MemberProfile;
}

export interface MemberConfig {
  readonly provider: MemberProviderName;
  readonly file: { readonly path: string | undefined; readonly hash: boolean };
  readonly object: { readonly users: readonly ConfiguredUser[] };
  readonly multiuser: {
    /** undefined: one is generated at first start. */
    readonly userPassword: string | undefined;
    readonly adminPassword: string | undefined;
    /** Only the fields that were given; they are laid over the built-in profiles. */
    readonly userProfile: Partial<MemberProfile>;
    readonly adminProfile: Partial<MemberProfile>;
  };
}

export interface DesktopConfig {
  /** The configured display, else `DISPLAY`, else undefined. */
  readonly display: string | undefined;
  readonly screen: ScreenSize;
  readonly input: { readonly enabled: boolean; readonly socket: string };
  readonly unminimize: boolean;
  readonly uploadDrop: boolean;
  readonly fileChooserDialog: boolean;
}

/** One stream of `capture.video.pipelines` as given; expressions are evaluated by capture. */
export interface PipelineConfig {
  readonly width?: string;
  readonly height?: string;
  readonly fps?: string;
  readonly bitrate?: number;
  readonly gstPrefix?: string;
  readonly gstEncoder?: string;
  readonly gstParams?: Readonly<Record<string, string>>;
  readonly gstSuffix?: string;
  readonly gstPipeline?: string;
  readonly showPointer: boolean;
}

export type HardwareEncoder = 'none' | 'vaapi' | 'nvenc' | 'v4l2';

/** The v2 video settings, of which capture makes the pipeline (SPEC.md CF13). */
export interface V2VideoConfig {
  readonly bitrateKbps: number;
  readonly fps: number;
  readonly hardwareEncoder: HardwareEncoder;
  /** The user's own pipeline without a sink; `%s` stands for the display. */
  readonly template: string | undefined;
}

/** The v2 audio settings (SPEC.md CF14); `%s` in the template stands for the device. */
export interface V2AudioConfig {
  readonly bitrateKbps: number;
  readonly template: string | undefined;
}

export interface CaptureConfig {
  readonly audio: {
    readonly device: string;
    readonly codec: AudioCodecName;
    readonly pipeline: string | undefined;
    readonly v2: V2AudioConfig | undefined;
  };
  readonly video: {
    readonly display: string | undefined;
    readonly codec: VideoCodecName;
    /** From best to worst: those of `pipelines`, of the default ladder, or `main` alone where one stream was asked for. */
    readonly ids: readonly string[];
    /** Streams by id in written order; empty means the default ladder or `pipeline`. */
    readonly pipelines: Readonly<Record<string, PipelineConfig>>;
    readonly pipeline: string | undefined;
    readonly v2: V2VideoConfig | undefined;
  };
  readonly broadcast: {
    readonly audioBitrateKbps: number;
    readonly videoBitrateKbps: number;
    readonly preset: string;
    readonly pipeline: string | undefined;
    readonly url: string | undefined;
    readonly autostart: boolean;
  };
  readonly screencast: {
    readonly enabled: boolean;
    /** A GStreamer fraction such as `10/1`. */
    readonly rate: string;
    readonly quality: number;
    readonly pipeline: string | undefined;
  };
  readonly webcam: { readonly enabled: boolean; readonly device: string; readonly width: number; readonly height: number };
  readonly microphone: { readonly enabled: boolean; readonly device: string };
}

export interface IceServerSetting {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** One entry of nat1to1: an IP address or host name to advertise, for one local address or for all of its family. */
export interface ExternalAddress {
  readonly external: string;
  readonly local: string | undefined;
}

/** One entry of webrtc.candidates; `stun` means "the address that a STUN server sees", with this port. */
export type StaticCandidate =
  | { readonly kind: 'address'; readonly host: string; readonly port: number }
  | { readonly kind: 'stun'; readonly port: number };

export type NetworkType = 'udp4' | 'udp6' | 'tcp4' | 'tcp6';

export interface FilterSettings {
  /** Local addresses to listen on; an empty list is no filter, here and below. */
  readonly ips: readonly string[];
  readonly interfaces: readonly string[];
  readonly networks: readonly NetworkType[];
  readonly loopback: boolean;
  /** Addresses that host candidates may show. */
  readonly candidates: readonly string[];
}

export interface EstimatorConfig {
  readonly enabled: boolean;
  readonly passive: boolean;
  readonly debug: boolean;
  readonly initialBitrateBps: number;
  readonly readIntervalMs: number;
  readonly stableDurationMs: number;
  readonly unstableDurationMs: number;
  readonly stalledDurationMs: number;
  readonly downgradeBackoffMs: number;
  readonly upgradeBackoffMs: number;
  /** Headroom ratio; negative switches the headroom tests off. */
  readonly diffThreshold: number;
}

export interface WebRtcConfig {
  readonly icelite: boolean;
  readonly icetrickle: boolean;
  readonly iceServers: { readonly frontend: readonly IceServerSetting[]; readonly backend: readonly IceServerSetting[] };
  /** Shared secret for time-limited TURN credentials (TURN REST). */
  readonly turn: { readonly secret: string; readonly ttlSec: number } | undefined;
  /** UDP port range, both ends included; undefined when a mux takes its place. */
  readonly epr: { readonly min: number; readonly max: number } | undefined;
  readonly udpmux: number | undefined;
  readonly tcpmux: number | undefined;
  readonly nat1to1: readonly ExternalAddress[];
  /** The web service asked for our address when nat1to1 is empty; undefined: none is asked. */
  readonly ipRetrievalUrl: string | undefined;
  readonly candidates: readonly StaticCandidate[];
  readonly filters: FilterSettings;
  readonly stunBind: BindAddress | undefined;
  readonly estimator: EstimatorConfig;
}

export interface FileTransferConfig {
  readonly enabled: boolean;
  readonly dir: string;
  readonly refreshIntervalMs: number;
  readonly userDownload: boolean;
  readonly userUpload: boolean;
  readonly userDelete: boolean;
}
