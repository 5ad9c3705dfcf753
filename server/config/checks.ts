import type { Config } from './config.js';
import type { ConfigError } from './origin.js';
import type { Values } from './schema.js';
import { streamsProblem } from './streams.js';

/** Combinations of settings that cannot work. `values` are the given values, `config` the resulting configuration. */
export function crossCheck(values: Values, config: Config, v2Urls: readonly string[]): readonly ConfigError[] {
  return [
    ...serverErrors(values),
    ...memberErrors(values),
    ...captureErrors(values, config),
    ...iceErrors(values, v2Urls),
    ...portErrors(config),
  ];
}

/** Things that work, but probably not as meant. */
export function crossWarnings(values: Values): readonly string[] {
  const warnings: string[] = [];
  if (values.server.cors.includes('*'))
    warnings.push('server.cors: * lets every web site use this server in the name of its users.');
  if (values.member.provider === 'noauth') warnings.push('member.provider: noauth makes everyone an admin.');
  if (values.webrtc.udpmux !== null && values.webrtc.epr !== null)
    warnings.push('webrtc.epr: ignored, because webrtc.udpmux is set.');
  if (Object.keys(values.capture.video.pipelines).length > 0 && values.capture.video.pipeline !== '') {
    warnings.push('capture.video.pipeline: ignored, because capture.video.pipelines is set.');
  }
  return warnings;
}

function serverErrors({ server }: Values): readonly ConfigError[] {
  if ((server.cert === '') === (server.key === '')) return [];
  const [set, missing] = server.cert === '' ? ['server.key', 'server.cert'] : ['server.cert', 'server.key'];
  return [{ key: missing, message: `${missing}: not set, but ${set} is. TLS needs both, plain HTTP neither.` }];
}

function memberErrors({ member }: Values): readonly ConfigError[] {
  if (member.provider !== 'file' || member.file.path !== '') return [];
  return [{ key: 'member.file.path', message: 'member.file.path: not set, but member.provider is file.' }];
}

function captureErrors({ capture }: Values, config: Config): readonly ConfigError[] {
  const { pipeline, v2 } = config.capture.video;
  const single = pipeline !== undefined || v2 !== undefined;
  const problem = streamsProblem(capture.video.ids, capture.video.pipelines, single);
  return problem === undefined ? [] : [{ key: 'capture.video.ids', message: `capture.video.ids: ${problem}.` }];
}

function iceErrors({ webrtc }: Values, v2Urls: readonly string[]): readonly ConfigError[] {
  const { frontend, backend, shared } = webrtc.iceservers;
  const urls = [...[...frontend, ...backend, ...shared].flatMap((server) => server.urls), ...v2Urls];
  if (webrtc.turn.secret === '' || urls.some((url) => /^turns?:/i.test(url))) return [];
  return [
    {
      key: 'webrtc.turn.secret',
      message: 'webrtc.turn.secret: set, but no ICE server has a turn: or turns: URL to use it with.',
    },
  ];
}

/** Two listeners on one UDP port. TCP ports may be shared: HTTP and ICE-TCP are distinguished by their first bytes. */
function portErrors({ webrtc }: Config): readonly ConfigError[] {
  const stun = webrtc.stunBind?.port;
  if (stun === undefined || stun === 0) return [];
  if (stun === webrtc.udpmux) {
    return [
      {
        key: 'webrtc.stun_bind',
        message: `webrtc.stun_bind: UDP port ${stun} is used twice; webrtc.udpmux answers STUN there already.`,
      },
    ];
  }
  if (webrtc.epr !== undefined && stun >= webrtc.epr.min && stun <= webrtc.epr.max) {
    const { min, max } = webrtc.epr;
    return [
      {
        key: 'webrtc.stun_bind',
        message: `webrtc.stun_bind: UDP port ${stun} is used twice; it lies in webrtc.epr ${min}-${max}.`,
      },
    ];
  }
  return [];
}
