import { type Static, Type } from '@sinclair/typebox';
import { FIELD_LIMITS } from '../limits.js';
import { ControlHost } from './control.js';
import { ScreenSize } from './screen.js';
import { SessionData } from './session.js';
import { Settings } from './settings.js';

/** The first message on every connection: everything a client needs to show the room. */
export const SystemInit = Type.Object({
  session_id: Type.String({ minLength: 1 }),
  control_host: ControlHost,
  screen_size: ScreenSize,
  sessions: Type.Record(Type.String(), SessionData),
  settings: Settings,
  touch_events: Type.Boolean(),
  screencast_enabled: Type.Boolean(),
  webrtc: Type.Object({ videos: Type.Array(Type.String()) }),
});
export type SystemInit = Static<typeof SystemInit>;

export const BroadcastStatus = Type.Object({ is_active: Type.Boolean(), url: Type.Optional(Type.String()) });
export type BroadcastStatus = Static<typeof BroadcastStatus>;

export const SystemAdmin = Type.Object({ screen_sizes_list: Type.Array(ScreenSize), broadcast_status: BroadcastStatus });

export const SystemSettings = Type.Object({ id: Type.String(), ...Settings.properties });

export const SystemLog = Type.Object({
  level: Type.String(),
  fields: Type.Record(Type.String(), Type.Unknown()),
  message: Type.String(),
});

export const systemClientEvents = {
  'system/logs': Type.Array(SystemLog, { maxItems: FIELD_LIMITS.logEntries.value }),
  'client/heartbeat': null,
};

export const systemServerEvents = {
  'system/init': SystemInit,
  'system/admin': SystemAdmin,
  'system/settings': SystemSettings,
  'system/disconnect': Type.Object({ message: Type.String() }),
  'system/heartbeat': null,
};
