import { shownIceUrl } from '../lib/text/shown-url.js';
import type { IceServerSetting, WebRtcConfig } from './config.js';
import { iceUrlProblem } from './forms/network-forms.js';
import type { Values } from './schema.js';

type IceServers = WebRtcConfig['iceServers'];

export interface ResolvedIceServers extends IceServers {
  /** A warning for each URL that was left out, and for each unused list. */
  readonly warnings: readonly string[];
}

/**
 * The servers of both sides. The shared list counts only where neither side has its own; ICE-lite uses no servers itself
 * (SPEC.md CF8). A URL that cannot be used is left out: browsers refuse the whole list because
 * of one.
 */
export function resolveIceServers(webrtc: Values['webrtc'], v2Urls: readonly string[]): ResolvedIceServers {
  const warnings = new Set<string>();
  const withSecret = webrtc.turn.secret !== '';
  const usable = (setting: string, servers: readonly IceServerSetting[]) => {
    const checked = servers.flatMap((server) => usableUrls(setting, server, withSecret));
    for (const { warning } of checked) if (warning !== undefined) warnings.add(warning);
    return checked.flatMap(({ server }) => server ?? []);
  };
  const { frontend, backend, shared } = webrtc.iceservers;
  const own = frontend.length > 0 || backend.length > 0;
  const common = own ? [] : usable('webrtc.iceservers', shared);
  const extra = v2Urls.length === 0 ? [] : usable('NEKO_ICESERVER', [{ urls: v2Urls }]);
  if (webrtc.icelite && backend.length > 0) {
    warnings.add('webrtc.iceservers.backend: ignored, because an ICE-lite server (webrtc.icelite) uses no ICE servers itself.');
  }
  const ours = webrtc.icelite ? [] : [...common, ...usable('webrtc.iceservers.backend', backend), ...extra];
  return {
    frontend: [...common, ...usable('webrtc.iceservers.frontend', frontend), ...extra],
    backend: ours,
    warnings: [...warnings],
  };
}

interface Checked {
  readonly server?: IceServerSetting;
  readonly warning?: string;
}

/** The server with its usable URLs, if any, and why the others cannot be used. */
function usableUrls(setting: string, server: IceServerSetting, withSecret: boolean): readonly Checked[] {
  const problems = server.urls.map((url) => iceUrlProblem(url) ?? missingCredentials(url, server, withSecret));
  const urls = server.urls.filter((_, index) => problems[index] === undefined);
  const skipped = server.urls.flatMap((url, index): Checked[] => {
    const problem = problems[index];
    return problem === undefined ? [] : [{ warning: `${setting}: ${shownIceUrl(url)} is skipped: ${problem}.` }];
  });
  return urls.length === 0 ? skipped : [...skipped, { server: { ...server, urls } }];
}

function missingCredentials(url: string, { username, credential }: IceServerSetting, withSecret: boolean): string | undefined {
  if (!/^turns?:/i.test(url) || (username !== undefined && credential !== undefined)) return undefined;
  if (withSecret && username === undefined && credential === undefined) return undefined;
  return 'a TURN server needs username and credential, or webrtc.turn.secret';
}
