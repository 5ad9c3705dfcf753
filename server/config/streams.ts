import type { PipelineConfig } from './config.js';

export interface ConfiguredStreams {
  readonly ids: readonly string[];
  readonly pipelines: Readonly<Record<string, PipelineConfig>>;
}

/**
 * Matches stream ids to pipelines without regard to case and gives the streams the spelling of `ids`
 * (SPEC.md CF9). Streams that no id names come last: they can be selected, but are not offered.
 */
export function resolveStreams(ids: readonly string[], pipelines: Readonly<Record<string, PipelineConfig>>): ConfiguredStreams {
  const entries = Object.entries(pipelines);
  if (entries.length === 0) return { ids: ['main'], pipelines };
  if (ids.length === 0) return { ids: entries.map(([id]) => id), pipelines };
  const spelled = new Map(ids.map((id) => [id.toLowerCase(), id]));
  return {
    ids,
    pipelines: Object.fromEntries(
      entries.map(([id, pipeline]) => [ids.includes(id) ? id : (spelled.get(id.toLowerCase()) ?? id), pipeline]),
    ),
  };
}

/** What is wrong with a combination of ids and pipelines, or undefined. */
export function streamsProblem(ids: readonly string[], pipelines: Readonly<Record<string, PipelineConfig>>): string | undefined {
  const names = Object.keys(pipelines);
  if (names.length === 0) return undefined;
  if (ids.length === 0) {
    // JavaScript moves keys that look like numbers to the front, so their written order is lost.
    const numeric = names.length > 1 && names.some((name) => /^\d+$/.test(name));
    return numeric ? 'streams named by numbers need capture.video.ids for their order' : undefined;
  }
  const known = new Set(names.map((name) => name.toLowerCase()));
  const missing = ids.filter((id) => !known.has(id.toLowerCase()));
  return missing.length === 0 ? undefined : `no pipeline for ${missing.join(', ')}; there are ${names.join(', ')}`;
}
