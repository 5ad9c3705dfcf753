import { assertNever } from '../../server/lib/assert-never.js';
import { canBeSeen } from '../../server/lib/text/seen-text.js';
import type { ControlHost } from '../../server/protocol/events/control.js';
import type { MemberProfile } from '../../server/protocol/events/profile.js';
import type { ScreenSize } from '../../server/protocol/events/screen.js';
import type { SessionData, SessionState } from '../../server/protocol/events/session.js';
import type { Settings } from '../../server/protocol/events/settings.js';
import type { SystemInit } from '../../server/protocol/events/system.js';
import type { PageMessage } from '../wire/page-events.js';

/** A session as the page shows it: name, rights, whether it is connected. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly canHost: boolean;
  readonly canWatch: boolean;
  readonly canAccessClipboard: boolean;
  readonly isConnected: boolean;
  readonly isWatching: boolean;
}

/** Everything the page shows about the room; replaced as a whole on every change. */
export interface RoomView {
  readonly meId: string;
  readonly hostId: string | null;
  readonly screen: ScreenSize;
  readonly people: ReadonlyMap<string, Person>;
  readonly settings: Settings;
  /** Screen sizes an admin may choose from, largest first; empty for everyone else. */
  readonly sizes: readonly ScreenSize[];
  /** Ids of the sessions that asked us for control and wait for an answer, oldest first. */
  readonly askers: readonly string[];
}

/** The room after a message of the server; null until the first system/init. */
export function applyEvent(view: RoomView | null, message: PageMessage): RoomView | null {
  if (message.event === 'system/init') return opened(message.payload);
  return view && applyToRoom(view, message);
}

function opened({ session_id, control_host, screen_size, sessions, settings }: SystemInit): RoomView {
  return {
    meId: session_id,
    hostId: hostOf(control_host),
    screen: screen_size,
    people: new Map(Object.values(sessions).map((session) => [session.id, personOf(session)])),
    settings,
    sizes: [],
    askers: [],
  };
}

function applyToRoom(view: RoomView, message: Exclude<PageMessage, { event: 'system/init' }>): RoomView {
  switch (message.event) {
    case 'system/admin':
      return { ...view, sizes: sortSizes(message.payload.screen_sizes_list) };
    case 'system/settings':
      return { ...view, settings: message.payload };
    case 'session/created':
      return withPerson(view, personOf(message.payload));
    case 'session/deleted':
      return withoutPerson(view, message.payload.id);
    case 'session/profile':
      return withChange(view, message.payload.id, rightsOf(message.payload));
    case 'session/state':
      return withChange(view, message.payload.id, presenceOf(message.payload));
    case 'control/host': {
      const hostId = hostOf(message.payload);
      return { ...view, hostId, askers: hostId === view.meId ? view.askers : [] };
    }
    case 'control/request': {
      const { id } = message.payload;
      return view.askers.includes(id) ? view : { ...view, askers: [...view.askers, id] };
    }
    case 'screen/updated':
      return { ...view, screen: message.payload };
    case 'system/disconnect':
    case 'signal/provide':
    case 'signal/offer':
    case 'signal/restart':
    case 'signal/answer':
    case 'signal/candidate':
    case 'signal/close':
    case 'signal/refused':
    case 'signal/iceservers':
    case 'clipboard/updated':
    case 'clipboard/refused':
    case 'doctor/probe':
    case 'doctor/report':
    case 'doctor/refused':
      return view;
    default:
      return assertNever(message);
  }
}

/** The room after this page answered a request for control. */
export function withoutAsker(view: RoomView, id: string): RoomView {
  return { ...view, askers: view.askers.filter((asker) => asker !== id) };
}

/** The viewer's relation to control, which decides what a click, a key and the control button do. */
export type Control = 'mine' | 'free' | 'others' | 'forbidden' | 'locked';

export function controlOf(view: RoomView): Control {
  if (view.hostId === view.meId) return 'mine';
  const me = view.people.get(view.meId);
  if (!me?.canHost || (view.settings.private_mode && !me.isAdmin)) return 'forbidden';
  if (view.settings.locked_controls && !me.isAdmin) return 'locked';
  return view.hostId === null || view.settings.implicit_hosting ? 'free' : 'others';
}

/** A session's name on the page; its id where the name has no visible character, so that sessions can be distinguished. */
export function displayName(person: Person | undefined): string {
  const seen = [person?.name, person?.id].find((text) => text !== undefined && canBeSeen(text));
  return seen?.trim() ?? 'Guest';
}

function hostOf({ has_host, host_id }: ControlHost): string | null {
  return has_host ? (host_id ?? null) : null;
}

function personOf({ id, profile, state }: SessionData): Person {
  return { id, ...rightsOf(profile), ...presenceOf(state) };
}

function rightsOf(profile: MemberProfile) {
  return {
    name: profile.name,
    isAdmin: profile.is_admin,
    canHost: profile.can_host,
    canWatch: profile.can_watch,
    canAccessClipboard: profile.can_access_clipboard,
  };
}

function presenceOf(state: SessionState) {
  return { isConnected: state.is_connected, isWatching: state.is_watching };
}

/** Requests of sessions that are no longer connected are dropped. */
function withChange(view: RoomView, id: string, change: Partial<Person>): RoomView {
  const known = view.people.get(id);
  if (!known) return view;
  const person = { ...known, ...change };
  const changed = withPerson(view, person);
  return person.isConnected ? changed : withoutAsker(changed, id);
}

function withPerson(view: RoomView, person: Person): RoomView {
  return { ...view, people: new Map(view.people).set(person.id, person) };
}

function withoutPerson(view: RoomView, id: string): RoomView {
  const people = new Map(view.people);
  people.delete(id);
  return withoutAsker({ ...view, people }, id);
}

function sortSizes(sizes: readonly ScreenSize[]): ScreenSize[] {
  return [...sizes].sort((a, b) => b.width * b.height - a.width * a.height || b.width - a.width || b.rate - a.rate);
}
