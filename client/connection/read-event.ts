import { readProbe, readReport } from './doctor-report.js';
import type { IceServer } from './ice-server.js';
import type { Person, PersonProfile, PersonState, RoomSettings, ScreenSize, ServerEvent } from './server-event.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads one WebSocket text frame. Null for events the page has no use for and for anything malformed. */
export function readEvent(text: string): ServerEvent | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(message) || typeof message.event !== 'string') return null;
  const read = Object.hasOwn(readers, message.event) ? readers[message.event] : undefined;
  return read ? read(object(message.payload)) : null;
}

const readers: Readonly<Record<string, (payload: Json) => ServerEvent | null>> = {
  'system/init': (p) => {
    const { session_id: sessionId, sessions } = p;
    if (typeof sessionId !== 'string' || !isObject(sessions)) return null;
    const people = Object.values(sessions).map(person).filter(present);
    const hostId = host(object(p.control_host));
    return {
      event: 'system/init',
      sessionId,
      hostId,
      screen: screen(object(p.screen_size)),
      people,
      settings: settings(object(p.settings)),
    };
  },
  'system/admin': (p) => ({ event: 'system/admin', sizes: list(p.screen_sizes_list).map((size) => screen(object(size))) }),
  'system/settings': (p) => ({ event: 'system/settings', settings: settings(p) }),
  'system/disconnect': (p) => ({ event: 'system/disconnect', message: string(p.message) }),
  'signal/provide': (p) => ({
    event: 'signal/provide',
    sdp: string(p.sdp),
    iceServers: iceServers(p),
  }),
  'signal/offer': (p) => ({ event: 'signal/offer', sdp: string(p.sdp) }),
  'signal/restart': (p) => ({ event: 'signal/restart', sdp: string(p.sdp) }),
  'signal/answer': (p) => ({ event: 'signal/answer', sdp: string(p.sdp) }),
  'signal/candidate': (p) => ({
    event: 'signal/candidate',
    candidate: {
      candidate: string(p.candidate),
      sdpMid: typeof p.sdpMid === 'string' ? p.sdpMid : null,
      sdpMLineIndex: typeof p.sdpMLineIndex === 'number' ? p.sdpMLineIndex : null,
      usernameFragment: typeof p.usernameFragment === 'string' ? p.usernameFragment : null,
    },
  }),
  'signal/close': () => ({ event: 'signal/close' }),
  'signal/refused': (p) => ({ event: 'signal/refused', message: string(p.message) }),
  'clipboard/refused': (p) => ({ event: 'clipboard/refused', message: string(p.message) }),
  'signal/iceservers': (p) => ({ event: 'signal/iceservers', iceServers: iceServers(p) }),
  'session/created': (p) => {
    const created = person(p);
    return created && { event: 'session/created', person: created };
  },
  'session/deleted': (p) => ({ event: 'session/deleted', id: string(p.id) }),
  'session/profile': (p) => ({ event: 'session/profile', id: string(p.id), profile: profile(p) }),
  'session/state': (p) => ({ event: 'session/state', id: string(p.id), state: state(p) }),
  'control/host': (p) => ({ event: 'control/host', hostId: host(p), byId: string(p.id) }),
  'control/request': (p) => ({ event: 'control/request', id: string(p.id) }),
  'screen/updated': (p) => ({ event: 'screen/updated', screen: screen(p) }),
  'doctor/probe': (p) => {
    const probe = readProbe(p, iceServers(p));
    return probe && { event: 'doctor/probe', probe };
  },
  'doctor/report': (p) => ({ event: 'doctor/report', report: readReport(p) }),
  'doctor/refused': (p) => ({ event: 'doctor/refused', message: string(p.message) }),
  'clipboard/updated': (p) => ({ event: 'clipboard/updated', text: string(p.text) }),
};

function person(value: unknown): Person | null {
  if (!isObject(value) || typeof value.id !== 'string') return null;
  return { id: value.id, ...profile(object(value.profile)), ...state(object(value.state)) };
}

function profile(p: Json): PersonProfile {
  return {
    name: string(p.name),
    isAdmin: p.is_admin === true,
    canHost: p.can_host === true,
    canWatch: p.can_watch === true,
    canAccessClipboard: p.can_access_clipboard === true,
  };
}

function state(p: Json): PersonState {
  return { isConnected: p.is_connected === true, isWatching: p.is_watching === true };
}

function settings(p: Json): RoomSettings {
  return {
    privateMode: p.private_mode === true,
    lockedControls: p.locked_controls === true,
    implicitHosting: p.implicit_hosting === true,
    heartbeatInterval: number(p.heartbeat_interval),
  };
}

function screen(p: Json): ScreenSize {
  return { width: number(p.width), height: number(p.height), rate: number(p.rate) };
}

function host(p: Json): string | null {
  return p.has_host === true && typeof p.host_id === 'string' ? p.host_id : null;
}

function iceServers(p: Json): IceServer[] {
  return list(p.iceservers).map(iceServer).filter(present);
}

function iceServer(value: unknown): IceServer | null {
  const p = object(value);
  const urls = (typeof p.urls === 'string' ? [p.urls] : list(p.urls)).filter((url) => typeof url === 'string');
  if (urls.length === 0) return null;
  if (typeof p.username !== 'string' || typeof p.credential !== 'string') return { urls };
  return { urls, username: p.username, credential: p.credential };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function present<T>(value: T | null): value is T {
  return value !== null;
}
