import { type Static, Type } from '@sinclair/typebox';
import { FIELD_LIMITS } from '../limits.js';

/** Flat `"<plugin>.<key>"` settings of a profile or the room. Unknown keys and any JSON value are kept as they are. */
export const PluginValues = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], { default: null });
export type PluginValues = Static<typeof PluginValues>;

/** Some of them, as a client may set them in one go. */
export const PluginPatch = Type.Union(
  [Type.Record(Type.String(), Type.Unknown(), { maxProperties: FIELD_LIMITS.pluginKeys.value }), Type.Null()],
  { default: null },
);

/** Merges keys into what is there; `null` empties, `undefined` leaves. Always a new object, so that no two owners share one. */
export function mergePluginValues(current: PluginValues, patch: PluginValues | undefined): PluginValues {
  if (patch === undefined) return current === null ? null : { ...current };
  return patch === null ? null : { ...current, ...patch };
}
