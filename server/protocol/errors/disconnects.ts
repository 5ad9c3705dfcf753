/** How the server ends a WebSocket. */
export interface Disconnect {
  /** RFC 6455 section 7.4.1, and IANA's registry of close codes. */
  readonly close: number;
  /** The words of `system/disconnect`, which neko's clients match on; null where the socket is closed without that event. */
  readonly reason: string | null;
  /** When it happens, for the table in docs/api.md. */
  readonly when: string;
}

const GOING_AWAY = 1001;
const POLICY = 1008;
const TOO_BIG = 1009;
const TRY_LATER = 1013;

/** Every end of a WebSocket that has a reason. The code stands in the close frame; neko's clients look at `reason` alone. */
export const DISCONNECTS = {
  'no-credentials': { close: POLICY, reason: 'no authentication provided', when: 'no token was shown' },
  'unknown-session': { close: POLICY, reason: 'session not found', when: 'the token is nobody’s' },
  'login-disabled': { close: POLICY, reason: 'session login disabled', when: 'the profile lacks `can_login`' },
  'connection-disabled': {
    close: POLICY,
    reason: 'connection disabled',
    when: 'the profile lacks `can_connect`, as that of the API token',
  },
  banned: { close: POLICY, reason: 'you are banned', when: 'a ban stands for this member or address, or was just made' },
  'already-connected': {
    close: POLICY,
    reason: 'already connected',
    when: 'the session has another WebSocket, and `merciful_reconnect` is off',
  },
  'connection-replaced': {
    close: POLICY,
    reason: 'connection replaced',
    when: 'another WebSocket of the session took its place',
  },
  'session-deleted': { close: POLICY, reason: 'session deleted', when: 'signed out, by oneself or an admin, or a new password' },
  'session-expired': { close: POLICY, reason: 'session expired', when: 'the time of the session is over' },
  'session-disconnected': { close: POLICY, reason: 'session disconnected', when: 'an admin ended the connection' },
  'profile-changed': { close: POLICY, reason: 'profile changed', when: 'an admin took `can_login` or `can_connect` away' },
  shutdown: { close: GOING_AWAY, reason: 'connection shutdown', when: 'the server ends' },
  'message-too-large': { close: TOO_BIG, reason: null, when: 'a message over the limit' },
  'too-many-sockets': { close: TRY_LATER, reason: null, when: 'more WebSockets were opened than [limits.md](limits.md) allows' },
} as const satisfies Readonly<Record<string, Disconnect>>;

export type SocketEnd = keyof typeof DISCONNECTS;

/** Ends that a client is sent by `system/disconnect`. */
export type DisconnectCode = {
  [Code in SocketEnd]: (typeof DISCONNECTS)[Code]['reason'] extends string ? Code : never;
}[SocketEnd];

/** The end that the words of a `system/disconnect` stand for; undefined for words of another server. */
export function disconnectCode(reason: string): DisconnectCode | undefined {
  return Object.keys(DISCONNECTS)
    .filter(isDisconnectCode)
    .find((code) => DISCONNECTS[code].reason === reason);
}

function isDisconnectCode(code: string): code is DisconnectCode {
  return Object.entries(DISCONNECTS).some(([known, { reason }]) => known === code && reason !== null);
}
