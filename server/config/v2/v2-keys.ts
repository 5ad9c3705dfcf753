import { boolean, integer, listOf, oneOf, text } from '../forms/scalar-forms.js';
import { iceServers } from '../forms/structure-forms.js';
import { audioCodec, videoCodec } from '../schema/capture.js';

const hardwareEncoder = oneOf(['none', 'vaapi', 'nvenc', 'v4l2']);

/** The v2 settings (SPEC.md CF12): flag `--<name>`, variable `NEKO_<NAME>`, top-level name in the file. */
export const V2_FORMS = {
  logs: boolean,
  bind: text,
  cert: text,
  key: text,
  proxy: boolean,
  static: text,
  path_prefix: text,
  cors: listOf(text),
  locks: listOf(text),
  implicit_control: boolean,
  control_protection: boolean,
  heartbeat_interval: text,
  file_transfer_enabled: boolean,
  file_transfer_path: text,
  password: text,
  password_admin: text,
  screen: text,
  display: text,
  device: text,
  video_codec: videoCodec,
  vp8: boolean,
  vp9: boolean,
  h264: boolean,
  av1: boolean,
  video: text,
  video_bitrate: integer(0),
  max_fps: integer(0),
  hwenc: hardwareEncoder,
  audio_codec: audioCodec,
  opus: boolean,
  g722: boolean,
  pcmu: boolean,
  pcma: boolean,
  audio: text,
  audio_bitrate: integer(0),
  broadcast_pipeline: text,
  broadcast_url: text,
  broadcast_autostart: boolean,
  nat1to1: listOf(text),
  ipfetch: text,
  tcpmux: text,
  udpmux: text,
  epr: text,
  icelite: boolean,
  iceservers: iceServers,
  iceserver: listOf(text),
} as const;

export type V2Name = keyof typeof V2_FORMS;

/** The v3 setting that replaces each v2 one, as the warning names it. */
export const V2_REPLACEMENT: Readonly<Record<V2Name, string>> = {
  logs: 'log.dir',
  bind: 'server.bind',
  cert: 'server.cert',
  key: 'server.key',
  proxy: 'server.proxy',
  static: 'server.static',
  path_prefix: 'server.path_prefix',
  cors: 'server.cors',
  locks: 'session.locked_controls',
  implicit_control: 'session.implicit_hosting',
  control_protection: 'session.control_protection',
  heartbeat_interval: 'session.heartbeat_interval',
  file_transfer_enabled: 'filetransfer.enabled',
  file_transfer_path: 'filetransfer.dir',
  password: 'member.multiuser.user_password',
  password_admin: 'member.multiuser.admin_password',
  screen: 'desktop.screen',
  display: 'capture.video.display',
  device: 'capture.audio.device',
  video_codec: 'capture.video.codec',
  vp8: 'capture.video.codec',
  vp9: 'capture.video.codec',
  h264: 'capture.video.codec',
  av1: 'capture.video.codec',
  video: 'capture.video.pipeline',
  video_bitrate: 'capture.video.pipelines',
  max_fps: 'capture.video.pipelines',
  hwenc: 'capture.video.pipelines',
  audio_codec: 'capture.audio.codec',
  opus: 'capture.audio.codec',
  g722: 'capture.audio.codec',
  pcmu: 'capture.audio.codec',
  pcma: 'capture.audio.codec',
  audio: 'capture.audio.pipeline',
  audio_bitrate: 'capture.audio.pipeline',
  broadcast_pipeline: 'capture.broadcast.pipeline',
  broadcast_url: 'capture.broadcast.url',
  broadcast_autostart: 'capture.broadcast.autostart',
  nat1to1: 'webrtc.nat1to1',
  ipfetch: 'webrtc.ip_retrieval_url',
  tcpmux: 'webrtc.tcpmux',
  udpmux: 'webrtc.udpmux',
  epr: 'webrtc.epr',
  icelite: 'webrtc.icelite',
  iceservers: 'webrtc.iceservers',
  iceserver: 'webrtc.iceservers',
};

export const V2_SECRETS: ReadonlySet<V2Name> = new Set([
  'password',
  'password_admin',
  'iceservers',
  'iceserver',
  'ipfetch',
  'broadcast_url',
  'broadcast_pipeline',
]);

export function isV2Name(name: string): name is V2Name {
  return Object.hasOwn(V2_FORMS, name);
}

export const V2_NAMES: readonly V2Name[] = Object.keys(V2_FORMS).filter(isV2Name);
