import { type MemberProfile, NEW_MEMBER_PROFILE } from '../protocol/events/profile.js';

/** The multiuser templates before configuration is laid over them (SPEC.md MB2). */
export const USER_PROFILE: MemberProfile = { ...NEW_MEMBER_PROFILE, can_see_inactive_cursors: false };
export const ADMIN_PROFILE: MemberProfile = { ...NEW_MEMBER_PROFILE, is_admin: true };
