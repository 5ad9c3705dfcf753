import type { HttpErrorTable } from './error-entry.js';

/** Errors of login, sessions, members and bans. */
export const SESSION_ERRORS = {
  unauthorized: { status: 401, message: 'Unauthorized', when: 'no token, an unknown one, or a wrong password' },
  'login-disabled': { status: 403, message: 'login is disabled for this session', when: 'the profile lacks `can_login`' },
  banned: { status: 403, message: 'you are banned', when: 'a ban stands for this member or address' },
  'logins-locked': {
    status: 403,
    message: 'logins are locked',
    when: 'a login while `locked_logins` is on, for those who are no admins',
  },
  'already-connected': {
    status: 422,
    message: 'session already connected',
    when: 'a login of a member whose session is connected',
  },
  'too-many-failed-logins': {
    status: 429,
    message: 'too many failed logins, try again later',
    when: 'see [signing in](#signing-in)',
  },
  'too-many-logins': { status: 429, message: 'too many logins at once, try again later', when: 'more logins wait than may' },
  'too-many-unknown-tokens': {
    status: 429,
    message: 'too many unknown tokens, try again later',
    when: 'see [signing in](#signing-in)',
  },
  'too-many-sessions': {
    status: 429,
    message: 'too many sessions, try again later',
    when: 'there are as many sessions as may be',
  },
  'api-token-has-no-login': { status: 400, message: 'session is not logged in', when: 'a logout with the API token' },
  'api-token-has-no-session': {
    status: 400,
    message: 'session does not exist',
    when: 'a change to the own profile with the API token',
  },
  'session-not-found': {
    status: 404,
    message: 'session not found',
    when: 'a session is looked up, or to be banned, that is not there',
  },
  'unknown-session': {
    status: 400,
    message: 'session not found',
    when: 'a session is to be deleted or disconnected that is not there',
  },
  'deletes-itself': { status: 400, message: 'cannot delete own session', when: 'an admin would delete the own session' },
  'bans-itself': { status: 400, message: 'cannot ban own session', when: 'an admin would ban the own member' },
  'empty-ban': { status: 400, message: 'member or address is needed', when: 'a ban for nobody' },
  'bad-address': { status: 400, message: 'address is no IP address', when: 'a ban for what is no address' },
  'ban-not-found': { status: 404, message: 'ban not found', when: 'a ban is to be lifted that is not there' },
  'too-many-bans': { status: 422, message: 'too many bans', when: 'there are as many bans as may be' },
  'no-username': { status: 400, message: 'username cannot be empty', when: 'a new member without a name' },
  'dots-as-username': {
    status: 400,
    message: 'username cannot be "." or ".."',
    when: 'a new member whose name clients would take out of a path',
  },
  'no-password': { status: 400, message: 'password cannot be empty', when: 'a new member without a password' },
  'member-not-found': { status: 404, message: 'member not found', when: 'no such member' },
  'member-exists': { status: 422, message: 'member already exists', when: 'a new member with a name that is taken' },
  'member-not-updated': {
    status: 500,
    message: 'failed to update member {id}',
    when: 'of several members this one could not be changed; those before it are, those behind it are not',
  },
  'member-not-deleted': { status: 500, message: 'failed to delete member {id}', when: 'the same of deleting several members' },
} as const satisfies HttpErrorTable;
