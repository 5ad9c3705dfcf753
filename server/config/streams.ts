import type { PipelineConfig } from './config.js';

export interface ConfiguredStreams {
  readonly ids: readonly string[];
  readonly pipelines: Readonly<Record<string, PipelineConfig>>;
}

/** The qualities that there are where no pipeline is given, from best to worst. */
export const DEFAULT_LADDER_IDS: readonly string[] = ['main', 'medium', 'low'];

/**
 * Matches stream ids to pipelines without regard to case and gives the streams the spelling of `ids`
 * (SPEC.md CF9). Streams that no id names come last: they can be selected, but are not offered. Without pipelines there is the
 * default ladder, of which `ids` may name a part, unless a `single` stream was asked for in another way.
 */
export function resolveStreams(
  ids: readonly string[],
  pipelines: Readonly<Record<string, PipelineConfig>>,
  single: boolean,
): ConfiguredStreams {
  const entries = Object.entries(pipelines);
  if (entries.length === 0) return { ids: single ? DEFAULT_LADDER_IDS.slice(0, 1) : ladderIds(ids), pipelines };
  if (ids.length === 0) return { ids: entries.map(([id]) => id), pipelines };
  const spelled = new Map(ids.map((id) => [id.toLowerCase(), id]));
  return {
    ids,
    pipelines: Object.fromEntries(
      entries.map(([id, pipeline]) => [ids.includes(id) ? id : (spelled.get(id.toLowerCase()) ?? id), pipeline]),
    ),
  };
}

function ladderIds(ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return DEFAULT_LADDER_IDS;
  return ids.flatMap((id) => DEFAULT_LADDER_IDS.find((each) => each === id.toLowerCase()) ?? []);
}

/** What is wrong with a combination of ids and pipelines, or undefined. */
export function streamsProblem(
  ids: readonly string[],
  pipelines: Readonly<Record<string, PipelineConfig>>,
  single: boolean,
): string | undefined {
  const written = Object.keys(pipelines);
  if (written.length === 0 && single) return undefined;
  const names = written.length === 0 ? DEFAULT_LADDER_IDS : written;
  if (ids.length === 0) {
    // JavaScript moves keys that look like numbers to the front, so their written order is lost.
    const numeric = names.length > 1 && names.some((name) => /^\d+$/.test(name));
    return numeric ? 'streams named by numbers need capture.video.ids for their order' : undefined;
  }
  const known = new Set(names.map((name) => name.toLowerCase()));
  const missing = ids.filter((id) => !known.has(id.toLowerCase()));
  return missing.length === 0 ? undefined : `no pipeline for ${missing.join(', ')}; there are ${names.join(', ')}`;
}
