import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import type { OpenRoom } from '../room/open-room.js';
import type {
  CapturePort,
  DesktopPort,
  DoctorPort,
  HealthPort,
  MemberPort,
  ScreenshotPort,
  ViewersPort,
  WebRtcPort,
} from './ports.js';

/** Everything that the fronts need to start. */
export interface SignalingOptions {
  readonly server: ServerOptions;
  readonly session: SessionOptions;
  readonly room: OpenRoom;
  readonly desktop: DesktopPort;
  readonly capture: CapturePort;
  readonly viewers: ViewersPort;
  readonly webrtc: WebRtcPort;
  readonly members: MemberPort;
  readonly health: HealthPort;
  readonly screenshots: ScreenshotPort;
  readonly doctor: DoctorPort;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ServerOptions {
  /** The path below which everything is served: empty, or with a leading and no trailing slash. */
  readonly pathPrefix: string;
  /** Origins that may call; `*` stands for any, an empty list turns CORS off. */
  readonly cors: readonly string[];
  /** Addresses and networks of the proxies whose forwarded headers count. */
  readonly trustedProxies: readonly string[];
  /** PEM texts; null serves plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** The directory of the static files; null serves none. */
  readonly staticDir: string | null;
  /** The static files are our own page. */
  readonly ownPage: boolean;
  /** Sites that may show our pages in a frame, as in Content-Security-Policy. */
  readonly frameAncestors: string;
}

export interface SessionOptions {
  /** Empty turns the API token off. */
  readonly apiToken: string;
  readonly cookie: CookieOptions;
}

export interface CookieOptions {
  readonly enabled: boolean;
  readonly name: string;
  readonly expirationMs: number;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** Empty leaves the attribute out. */
  readonly domain: string;
  readonly path: string;
}
