import { type Static, Type } from '@sinclair/typebox';

/** Flat `"<plugin>.<key>"` settings of a profile or the room. Unknown keys and any JSON value are kept as they are. */
export const PluginValues = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], { default: null });
export type PluginValues = Static<typeof PluginValues>;

/** Merges keys into what is there; `null` empties, `undefined` leaves. Always a new object, so that no two owners share one. */
export function mergePluginValues(current: PluginValues, patch: PluginValues | undefined): PluginValues {
  if (patch === undefined) return current === null ? null : { ...current };
  return patch === null ? null : { ...current, ...patch };
}
