import type { HttpErrorTable } from './error-entry.js';

/** Refusals of the room, and failures of the desktop. */
export const ROOM_ERRORS = {
  'not-admin': { status: 403, message: 'session is not admin', when: 'the guard _admin_' },
  'not-host': { status: 403, message: 'session is not host', when: 'the guard _host_' },
  'not-host-or-admin': { status: 403, message: 'session is not host or admin', when: 'the guard _host or admin_' },
  'cannot-watch': { status: 403, message: 'session cannot watch', when: 'the guard _can watch_' },
  'cannot-host': { status: 403, message: 'session cannot host', when: 'the guard _can host_' },
  'cannot-access-clipboard': {
    status: 403,
    message: 'session cannot access clipboard',
    when: 'the guard _can access clipboard_',
  },
  'private-mode': {
    status: 422,
    message: 'private mode is enabled',
    when: 'the guard _can host_ in private mode, for those who are no admins',
  },
  'controls-locked': { status: 403, message: 'controls are locked', when: 'control is asked for while `locked_controls` is on' },
  'nothing-to-release': { status: 422, message: 'session is not the host', when: 'control is released by who has none' },
  'target-not-found': {
    status: 404,
    message: 'target session was not found',
    when: 'control is given to a session that is not there',
  },
  'target-cannot-host': {
    status: 400,
    message: 'target session is not allowed to host',
    when: 'control is given to a session without `can_host`',
  },
  'screen-not-set': { status: 422, message: 'cannot set screen size', when: 'the screen cannot have that size' },
} as const satisfies HttpErrorTable;
