import { type Static, Type } from '@sinclair/typebox';

/** What a member may do (spec/model.md section 3). All eleven keys are always on the wire; `plugins` holds flat dotted names. */
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
  plugins: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
});
export type MemberProfile = Static<typeof MemberProfile>;
