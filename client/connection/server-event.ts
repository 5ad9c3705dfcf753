import type { DoctorProbe, DoctorReport } from './doctor-report.js';
import type { IceServer } from './ice-server.js';

/** A person's session as the page needs it (a part of SessionData, spec/websocket.md section 3). */
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

export type PersonProfile = Pick<Person, 'name' | 'isAdmin' | 'canHost' | 'canWatch' | 'canAccessClipboard'>;
export type PersonState = Pick<Person, 'isConnected' | 'isWatching'>;

/** Screen pixels and frames per second. */
export interface ScreenSize {
  readonly width: number;
  readonly height: number;
  readonly rate: number;
}

export interface RoomSettings {
  readonly privateMode: boolean;
  readonly lockedControls: boolean;
  readonly implicitHosting: boolean;
  /** Seconds between our own heartbeats; 0 or less means none. */
  readonly heartbeatInterval: number;
}

export interface IceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

export type ServerEvent =
  | {
      readonly event: 'system/init';
      readonly sessionId: string;
      readonly hostId: string | null;
      readonly screen: ScreenSize;
      readonly people: Person[];
      readonly settings: RoomSettings;
    }
  | { readonly event: 'system/admin'; readonly sizes: ScreenSize[] }
  | { readonly event: 'system/settings'; readonly settings: RoomSettings }
  | { readonly event: 'system/disconnect'; readonly message: string }
  | { readonly event: 'signal/provide'; readonly sdp: string; readonly iceServers: IceServer[] }
  | { readonly event: 'signal/offer' | 'signal/restart'; readonly sdp: string }
  | { readonly event: 'signal/answer'; readonly sdp: string }
  | { readonly event: 'signal/candidate'; readonly candidate: IceCandidate }
  | { readonly event: 'signal/close' }
  | { readonly event: 'signal/refused'; readonly message: string }
  | { readonly event: 'signal/iceservers'; readonly iceServers: IceServer[] }
  | { readonly event: 'session/created'; readonly person: Person }
  | { readonly event: 'session/deleted'; readonly id: string }
  | { readonly event: 'session/profile'; readonly id: string; readonly profile: PersonProfile }
  | { readonly event: 'session/state'; readonly id: string; readonly state: PersonState }
  | { readonly event: 'control/host'; readonly hostId: string | null; readonly byId: string }
  | { readonly event: 'control/request'; readonly id: string }
  | { readonly event: 'screen/updated'; readonly screen: ScreenSize }
  | { readonly event: 'doctor/probe'; readonly probe: DoctorProbe }
  | { readonly event: 'doctor/report'; readonly report: DoctorReport }
  | { readonly event: 'doctor/refused'; readonly message: string }
  | { readonly event: 'clipboard/updated'; readonly text: string }
  | { readonly event: 'clipboard/refused'; readonly message: string };
