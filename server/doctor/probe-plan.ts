import type { Candidate } from '../ice/candidates/candidate.js';
import type { IceServerWithCa } from '../ice/ice-types.js';
import { parseIceUrl } from '../ice/servers/ice-url.js';
import type { Path } from './diagnosis/path.js';

/** One path for the browser to try. */
export type Plan =
  /** One address of ours. `nth` numbers candidates that differ only in their ports. */
  | { readonly kind: 'candidate'; readonly path: Path; readonly wanted: Candidate; readonly nth: number }
  | { readonly kind: 'relay'; readonly path: Path; readonly server: IceServerWithCa }
  | { readonly kind: 'gather'; readonly path: Path; readonly server: IceServerWithCa };

/** As many as a browser can try in the time of a run. */
const MAX_PLANS = 24;

/** A plan per candidate. Pure. */
export function planCandidates(candidates: readonly Candidate[]): Plan[] {
  const counts = new Map<string, number>();
  return candidates.slice(0, MAX_PLANS).map((wanted) => {
    const key = keyOf(wanted);
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    return { kind: 'candidate', path: pathOf(wanted), wanted, nth };
  });
}

/** A plan per URL in the browser's ICE servers. */
export function planServers(servers: readonly IceServerWithCa[]): Plan[] {
  const seen = new Set<string>();
  const plans = servers.flatMap(({ urls, ...credentials }) =>
    urls.flatMap((text): Plan[] => {
      const url = parseIceUrl(text);
      if (!url.ok || seen.has(text)) return [];
      seen.add(text);
      const server = { urls: [text], ...credentials };
      const { scheme } = url.value;
      return [{ kind: scheme === 'turn' ? 'relay' : 'gather', path: { kind: scheme, url: text }, server }];
    }),
  );
  return plans.slice(0, MAX_PLANS);
}

/** The candidate of a probe's peer that stands for the planned one: its port may differ. */
export function findPlanned(candidates: readonly Candidate[], wanted: Candidate, nth: number): Candidate | undefined {
  const alike = candidates.filter((each) => keyOf(each) === keyOf(wanted));
  return alike.find(({ port }) => port === wanted.port) ?? alike[nth];
}

function keyOf({ type, transport, address }: Candidate): string {
  return `${type} ${transport} ${address}`;
}

function pathOf({ type, transport, address, port }: Candidate): Path {
  if (type === 'relay') return { kind: 'relay', address, port };
  return type === 'host' ? { kind: 'host', transport, address, port } : { kind: 'srflx', address, port };
}
