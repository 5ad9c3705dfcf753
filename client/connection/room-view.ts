import { assertNever } from '../../server/lib/assert-never.js';
import { canBeSeen } from '../../server/lib/seen-text.js';
import type { Person, RoomSettings, ScreenSize, ServerEvent } from './server-event.js';

/** Everything the page shows about the room; replaced as a whole on every change. */
export interface RoomView {
  readonly meId: string;
  readonly hostId: string | null;
  readonly screen: ScreenSize;
  readonly people: ReadonlyMap<string, Person>;
  readonly settings: RoomSettings;
  /** Screen sizes an admin may choose from, largest first; empty for everyone else. */
  readonly sizes: readonly ScreenSize[];
  /** Ids of those who asked us for control and wait for an answer, oldest first. */
  readonly askers: readonly string[];
}

/** The room after an event; null until the first system/init. */
export function applyEvent(view: RoomView | null, event: ServerEvent): RoomView | null {
  if (event.event === 'system/init') {
    return {
      meId: event.sessionId,
      hostId: event.hostId,
      screen: event.screen,
      people: new Map(event.people.map((person) => [person.id, person])),
      settings: event.settings,
      sizes: [],
      askers: [],
    };
  }
  return view && applyToRoom(view, event);
}

function applyToRoom(view: RoomView, event: Exclude<ServerEvent, { event: 'system/init' }>): RoomView {
  switch (event.event) {
    case 'system/admin':
      return { ...view, sizes: sortSizes(event.sizes) };
    case 'system/settings':
      return { ...view, settings: event.settings };
    case 'session/created':
      return withPerson(view, event.person);
    case 'session/deleted':
      return withoutPerson(view, event.id);
    case 'session/profile':
    case 'session/state': {
      const known = view.people.get(event.id);
      if (!known) return view;
      const changed = withPerson(view, { ...known, ...(event.event === 'session/profile' ? event.profile : event.state) });
      return changed.people.get(event.id)?.isConnected ? changed : withoutAsker(changed, event.id);
    }
    case 'control/host':
      return { ...view, hostId: event.hostId, askers: event.hostId === view.meId ? view.askers : [] };
    case 'control/request':
      return view.askers.includes(event.id) ? view : { ...view, askers: [...view.askers, event.id] };
    case 'screen/updated':
      return { ...view, screen: event.screen };
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
      return assertNever(event);
  }
}

/** The room after a request for control was answered here. */
export function withoutAsker(view: RoomView, id: string): RoomView {
  return { ...view, askers: view.askers.filter((asker) => asker !== id) };
}

/** How the viewer stands towards control: what a click, a key and the control button may do. */
export type Control = 'mine' | 'free' | 'others' | 'forbidden' | 'locked';

export function controlOf(view: RoomView): Control {
  if (view.hostId === view.meId) return 'mine';
  const me = view.people.get(view.meId);
  if (!me?.canHost || (view.settings.privateMode && !me.isAdmin)) return 'forbidden';
  if (view.settings.lockedControls && !me.isAdmin) return 'locked';
  return view.hostId === null || view.settings.implicitHosting ? 'free' : 'others';
}

/** What a person is called on the page; whose name shows nothing is called by id, so that each can be told from the others. */
export function displayName(person: Person | undefined): string {
  const seen = [person?.name, person?.id].find((text) => text !== undefined && canBeSeen(text));
  return seen?.trim() ?? 'Guest';
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
