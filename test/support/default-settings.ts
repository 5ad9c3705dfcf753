import type { Settings } from '../../server/protocol/events/settings.js';

/** The settings of a room where nothing is configured. */
export const DEFAULT_SETTINGS: Settings = {
  private_mode: false,
  locked_logins: false,
  locked_controls: false,
  control_protection: false,
  implicit_hosting: false,
  inactive_cursors: false,
  merciful_reconnect: true,
  heartbeat_interval: 10,
  plugins: null,
};
