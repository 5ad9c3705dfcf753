import { type Static, Type } from '@sinclair/typebox';
import { Name } from '../name.js';
import { mergePluginValues, PluginPatch, PluginValues } from './plugin-values.js';

/** A member's name and rights (11 keys, all always present on the wire). Flags that are not given are false. */
export const MemberProfile = Type.Object({
  name: Type.String(),
  is_admin: Type.Boolean(),
  can_login: Type.Boolean(),
  can_connect: Type.Boolean(),
  can_watch: Type.Boolean(),
  can_host: Type.Boolean(),
  can_share_media: Type.Boolean(),
  can_access_clipboard: Type.Boolean(),
  sends_inactive_cursor: Type.Boolean(),
  can_see_inactive_cursors: Type.Boolean(),
  plugins: PluginValues,
});
export type MemberProfile = Static<typeof MemberProfile>;

/** Some of a profile's fields; those absent stay as they are. */
export const MemberProfilePatch = Type.Partial(Type.Object({ ...MemberProfile.properties, name: Name, plugins: PluginPatch }));
export type MemberProfilePatch = Static<typeof MemberProfilePatch>;

/** A new profile with the fields of `patch` in place; `plugins` are merged key by key and never shared. */
export function mergeProfile(current: MemberProfile, patch: MemberProfilePatch): MemberProfile {
  return { ...current, ...patch, plugins: mergePluginValues(current.plugins, patch.plugins) };
}

/** Everything allowed but administration: the default for a member made over the API. */
export const NEW_MEMBER_PROFILE: MemberProfile = {
  name: '',
  is_admin: false,
  can_login: true,
  can_connect: true,
  can_watch: true,
  can_host: true,
  can_share_media: true,
  can_access_clipboard: true,
  sends_inactive_cursor: true,
  can_see_inactive_cursors: true,
  plugins: null,
};
