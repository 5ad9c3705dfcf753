import { type Static, Type } from '@sinclair/typebox';
import { Int } from '../numbers.js';
import { mergePluginValues, PluginPatch, PluginValues } from './plugin-values.js';

/** The room's settings (9 keys, all always present on the wire). `heartbeat_interval` is in seconds. */
export const Settings = Type.Object({
  private_mode: Type.Boolean(),
  locked_logins: Type.Boolean(),
  locked_controls: Type.Boolean(),
  control_protection: Type.Boolean(),
  implicit_hosting: Type.Boolean(),
  inactive_cursors: Type.Boolean(),
  merciful_reconnect: Type.Boolean(),
  heartbeat_interval: Int,
  plugins: PluginValues,
});
export type Settings = Static<typeof Settings>;

export const SettingsPatch = Type.Partial(Type.Object({ ...Settings.properties, plugins: PluginPatch }));
export type SettingsPatch = Static<typeof SettingsPatch>;

/** New settings with the fields of `patch` in place; `plugins` are merged key by key. */
export function mergeSettings(current: Settings, patch: SettingsPatch): Settings {
  return { ...current, ...patch, plugins: mergePluginValues(current.plugins, patch.plugins) };
}
