import { randomBytes } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import ipaddr from 'ipaddr.js';
import { AppError } from '../../../protocol/errors/app-error.js';
import { FIELD_LIMITS } from '../../../protocol/limits.js';
import { placeOf } from '../../../room/client-place.js';
import { actorId } from '../../../room/command.js';
import type { Ban } from '../../../room/room-state.js';
import { wireTime } from '../../../room/wire-view.js';
import { type Answer, bodyEndpoint, type Endpoint, endpoint, json, NO_CONTENT, type SessionCall } from '../endpoint.js';

const deeds = ['administer'] as const;

/** Either may be empty. */
const NewBan = Type.Object({
  member: Type.String({ maxLength: FIELD_LIMITS.id.value }),
  address: Type.String({ maxLength: 64 }),
});

/** Bans, an addition of ours: neko has them in its old protocol alone. */
export const banRoutes: readonly Endpoint[] = [
  endpoint('POST', '/api/sessions/:sessionId/ban', { deeds }, (call) => {
    const session = call.services.room.state.sessions.get(call.params.sessionId ?? '');
    if (session === undefined) throw new AppError('session-not-found');
    if (session.id === actorId(call.actor)) throw new AppError('bans-itself');
    return ban(call, session.id, session.place.address);
  }),
  endpoint('GET', '/api/bans', { deeds, slash: true }, ({ services }) =>
    json([...services.room.state.bans.values()].map(banData)),
  ),
  bodyEndpoint('/api/bans', NewBan, { deeds, slash: true }, (call, { member, address }) => {
    if (member === '' && address === '') throw new AppError('empty-ban');
    if (address !== '' && !ipaddr.isValid(address)) throw new AppError('bad-address');
    if (member === actorId(call.actor)) throw new AppError('bans-itself');
    return ban(call, member, address);
  }),
  endpoint('DELETE', '/api/bans/:banId', { deeds, slash: true }, ({ services, params }) => {
    if (services.room.apply({ kind: 'lift-ban', id: params.banId ?? '' }) !== null) throw new AppError('ban-not-found');
    return NO_CONTENT;
  }),
];

function ban({ services, actor }: SessionCall, member: string, address: string): Answer {
  const { room, log } = services;
  const id = randomBytes(9).toString('base64url');
  const made = {
    id,
    member: member === '' ? null : member,
    place: address === '' ? null : placeOf(address),
    by: actorId(actor),
  };
  if (room.apply({ kind: 'ban', ban: made }) !== null) throw new AppError('too-many-bans');
  log.info({ ban: id, member, address, by: made.by }, 'banned');
  const stored = room.state.bans.get(id);
  return json(stored === undefined ? null : banData(stored));
}

function banData({ id, member, place, bannedMs, by }: Ban): object {
  return { id, member: member ?? '', address: place?.address ?? '', banned_at: wireTime(bannedMs), banned_by: by };
}
