import { Type } from '@sinclair/typebox';
import { AppError } from '../../../protocol/errors/app-error.js';
import { MemberProfilePatch, mergeProfile, NEW_MEMBER_PROFILE } from '../../../protocol/events/profile.js';
import { accountNameTrouble, Name, Password } from '../../../protocol/name.js';
import { HTTP_LIMITS } from '../../limits.js';
import { changePassword, deleteMember, memberError, profileOfMember, updateMember } from '../../member-changes.js';
import { readWholeBody } from '../bodies/request-body.js';
import { bodyEndpoint, type Endpoint, endpoint, json, NO_CONTENT } from '../endpoint.js';

const deeds = ['administer'] as const;
const one = { deeds, slash: true, bodyBytes: HTTP_LIMITS.memberBody.value };
const several = { deeds, bodyBytes: HTTP_LIMITS.bulkBody.value };

const NewMember = Type.Object({ username: Name, password: Password, profile: MemberProfilePatch });
const NewPassword = Type.Object({ password: Password });
const BulkUpdate = Type.Object({ ids: Type.Array(Type.String()), profile: MemberProfilePatch });
const BulkDelete = Type.Object({ ids: Type.Array(Type.String()) });
const UNREADABLE_BULK = 'unreadable-payload';

export const memberRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/members', { slash: true }, async ({ services, query }) => {
    const list = await services.members.list(count(query.get('limit')), count(query.get('offset')));
    if (!list.ok) throw memberError(list.error);
    return json(list.value);
  }),
  bodyEndpoint('/api/members', NewMember, one, async ({ services }, { username, password, profile }) => {
    const trouble = accountNameTrouble(username);
    if (trouble !== undefined) throw new AppError(trouble);
    if (password === '') throw new AppError('no-password');
    const made = await services.members.insert(username, password, mergeProfile(NEW_MEMBER_PROFILE, profile));
    if (!made.ok) throw memberError(made.error);
    return json(made.value);
  }),
  endpoint('GET', '/api/members/:memberId', { deeds, slash: true }, async ({ services, params }) =>
    json(await profileOfMember(services, params.memberId ?? '')),
  ),
  bodyEndpoint('/api/members/:memberId', MemberProfilePatch, one, async ({ services, params }, patch) => {
    await updateMember(services, params.memberId ?? '', patch);
    return NO_CONTENT;
  }),
  bodyEndpoint(
    '/api/members/:memberId/password',
    NewPassword,
    { ...one, slash: false },
    async ({ services, params }, { password }) => {
      await changePassword(services, params.memberId ?? '', password);
      return NO_CONTENT;
    },
  ),
  endpoint('DELETE', '/api/members/:memberId', { deeds, slash: true }, async ({ services, params }) => {
    await deleteMember(services, params.memberId ?? '');
    return NO_CONTENT;
  }),
  endpoint('POST', '/api/members_bulk/update', several, async ({ services, body }) => {
    const { ids, profile } = readWholeBody(BulkUpdate, body, UNREADABLE_BULK);
    await forEachMember(ids, 'member-not-updated', (id) => updateMember(services, id, profile));
    return NO_CONTENT;
  }),
  endpoint('POST', '/api/members_bulk/delete', several, async ({ services, body }) => {
    const { ids } = readWholeBody(BulkDelete, body, UNREADABLE_BULK);
    await forEachMember(ids, 'member-not-deleted', (id) => deleteMember(services, id));
    return NO_CONTENT;
  }),
];

/** Stops at the first failure and names it; earlier changes stay. */
async function forEachMember(
  ids: readonly string[],
  failure: 'member-not-updated' | 'member-not-deleted',
  work: (id: string) => Promise<void>,
): Promise<void> {
  for (const id of ids) {
    try {
      await work(id);
    } catch (error) {
      if (error instanceof AppError) throw new AppError(failure, { id });
      throw error;
    }
  }
}

/** A number of the query; anything else counts as 0. */
function count(text: string | null): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
