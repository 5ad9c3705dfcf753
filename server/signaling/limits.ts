import type { LimitTable } from '../lib/bounds/limits.js';

/** What HTTP clients may send, hold open and ask for. */
export const HTTP_LIMITS = {
  loginBody: { value: 16 * 1024, unit: 'bytes', what: 'body of a login', beyond: '413' },
  profileBody: { value: 64 * 1024, unit: 'bytes', what: 'body with a profile', beyond: '413' },
  settingsBody: { value: 64 * 1024, unit: 'bytes', what: 'body with settings', beyond: '413' },
  memberBody: { value: 64 * 1024, unit: 'bytes', what: 'body about one member', beyond: '413' },
  bulkBody: { value: 256 * 1024, unit: 'bytes', what: 'body about several members', beyond: '413' },
  clipboardBody: { value: 8 * 1024 * 1024, unit: 'bytes', what: 'body with a clipboard', beyond: '413' },
  batchBody: { value: 1024 * 1024, unit: 'bytes', what: 'body of a batch', beyond: '413' },
  otherBody: { value: 16 * 1024, unit: 'bytes', what: 'any other body', beyond: '413' },
  anonymousBody: { value: 16 * 1024, unit: 'bytes', what: 'body of a request without a good token', beyond: '413' },
  freeBody: {
    value: 16 * 1024,
    unit: 'bytes',
    what: 'beginning of a body that does not count in the two below',
    beyond: 'it counts',
  },
  bodiesOfAddress: { value: 24 * 1024 * 1024, unit: 'bytes', what: 'bodies of one address at a time', beyond: '429' },
  bodiesInAll: { value: 64 * 1024 * 1024, unit: 'bytes', what: 'bodies of all clients at a time', beyond: '503' },
  unreadBody: {
    value: 64 * 1024,
    unit: 'bytes',
    what: 'body of a refused request',
    beyond: 'the connection is closed behind the answer',
  },
  bodyTime: { value: 20_000, unit: 'ms', what: 'time for a body', beyond: '408' },
  bodyPace: { value: 64 * 1024, unit: 'bytes', what: 'part of a body that has to come in each further second', beyond: '408' },
  requestTime: {
    value: 180_000,
    unit: 'ms',
    what: 'time for a whole request to come in',
    beyond: '408, and the connection is closed',
  },
  headTime: {
    value: 10_000,
    unit: 'ms',
    what: 'time for the head of a request, the first bytes of a connection included',
    beyond: '408, and the connection is closed',
  },
  headSize: { value: 16 * 1024, unit: 'bytes', what: 'head of a request', beyond: '431, and the connection is closed' },
  headers: { value: 100, unit: 'count', what: 'headers of a request', beyond: '431' },
  handshakeTime: { value: 10_000, unit: 'ms', what: 'time for a TLS handshake', beyond: 'the connection is closed' },
  idleTime: { value: 65_000, unit: 'ms', what: 'time between the requests of a connection', beyond: 'the connection is closed' },
  unanswered: {
    value: 32,
    unit: 'count',
    what: 'requests of a connection that wait for their answers',
    beyond: 'the connection is closed',
  },
  answerPace: {
    value: 8 * 1024,
    unit: 'bytes per second',
    what: 'part of an answer that a client takes, in the mean, while some of it waits',
    beyond: 'it is behind',
  },
  answerTime: {
    value: 60_000,
    unit: 'ms',
    what: 'time by which a client may be behind with that',
    beyond: 'the connection is closed',
  },
  freeAnswer: {
    value: 64 * 1024,
    unit: 'bytes',
    what: 'an answer other than a file that does not count in the two below',
    beyond: 'it counts',
  },
  answersOfAddress: {
    value: 32 * 1024 * 1024,
    unit: 'bytes',
    what: 'answers that wait to be taken by one address; a single one may be larger',
    beyond: '429',
  },
  answersInAll: { value: 128 * 1024 * 1024, unit: 'bytes', what: 'answers that wait to be taken by all clients', beyond: '503' },
  connectionsOfAddress: {
    value: 256,
    unit: 'count',
    what: 'connections of one address; trusted proxies have no such bound',
    beyond: 'its oldest idle one makes room, else the new one is closed',
  },
  connectionsInAll: {
    value: 4_096,
    unit: 'count',
    what: 'connections in all, and never more than half of the descriptors that the process may have',
    beyond:
      'the address (IPv6: /48, in it the /64) that has most gives one up for one that has fewer, else the new one is closed',
  },
  strangerBurst: { value: 1_000, unit: 'count', what: 'requests of one address without a good token, at once', beyond: '429' },
  strangerRate: { value: 100, unit: 'per second', what: 'the same, on and on', beyond: '429' },
  sessionBurst: { value: 2_000, unit: 'count', what: 'requests of one session, or with the API token, at once', beyond: '429' },
  sessionRate: { value: 200, unit: 'per second', what: 'the same, on and on', beyond: '429' },
  sharedBurst: {
    value: 2_000,
    unit: 'count',
    what: 'requests of all sessions of one address together (IPv6: /64), at once',
    beyond: 'each has the two below for itself, else 429',
  },
  sharedRate: { value: 300, unit: 'per second', what: 'the same, on and on', beyond: 'as above' },
  ownBurst: {
    value: 40,
    unit: 'count',
    what: 'requests of one session that do not count in the two above, at once',
    beyond: 'they count',
  },
  ownRate: { value: 4, unit: 'per second', what: 'the same, on and on', beyond: 'they count' },
  rememberedCallers: {
    value: 10_000,
    unit: 'count',
    what: 'addresses and sessions whose requests are counted',
    beyond: 'the longest silent one is forgotten',
  },
  refusalLines: {
    value: 10,
    unit: 'count',
    what: 'log lines about refused origins at once, and one a second',
    beyond: 'they are counted in the next line',
  },
  batchRequests: { value: 100, unit: 'count', what: 'requests of a batch', beyond: '400, and none of them is run' },
  batchAnswers: {
    value: 16 * 1024 * 1024,
    unit: 'bytes',
    what: 'answers of a batch',
    beyond: 'its further requests are answered 413',
  },
  screenshotsOfSession: {
    value: 16,
    unit: 'count',
    what: 'screenshots that a session, or whoever has the API token, waits for',
    beyond: '429',
  },
  screenshotsInAll: { value: 64, unit: 'count', what: 'screenshots that all wait for', beyond: '503' },
} as const satisfies LimitTable;

const TOO_LARGE = 'the socket is closed with 1009';
const DROPPED = 'the message is dropped, a request answered 429, the log says so';

/** What one WebSocket may carry. */
export const SOCKET_LIMITS = {
  message: { value: 64 * 1024, unit: 'bytes', what: 'message of a client', beyond: TOO_LARGE },
  clipboard: { value: 8 * 1024 * 1024, unit: 'bytes', what: '`clipboard/set` or `control/paste`', beyond: TOO_LARGE },
  unicast: {
    value: 2 * 1024 * 1024,
    unit: 'bytes',
    what: '`send/unicast` whose body is one text, such as a file',
    beyond: TOO_LARGE,
  },
  traffic: {
    value: 2 * 1024 * 1024,
    burst: 16 * 1024 * 1024,
    unit: 'bytes per second',
    what: 'all that a session sends, each message counted as 256 bytes more',
    beyond: 'the socket is read no faster',
  },
  unread: {
    value: 20 * 1024 * 1024,
    unit: 'bytes',
    what: 'what a client leaves unread',
    beyond: 'its connection is cut, the log says so',
  },
  unreadRelay: {
    value: 1024 * 1024,
    unit: 'bytes',
    what: 'messages of other clients that a client may leave unread and still be sent more',
    beyond: 'it does not get them',
  },
  silence: {
    value: 25_000,
    unit: 'ms',
    what: 'time without an answer to pings, which come every 10 s',
    beyond: 'the connection is cut',
  },
  waiting: {
    value: 1_000,
    unit: 'count',
    what: 'messages of a socket that wait for one another',
    beyond: 'the connection is cut',
  },
  sharedEvents: {
    value: 4,
    unit: 'count',
    what: 'sessions’ worth of traffic, and of each kind of event below, that all sessions of one address share (IPv6: /64); who is in control does not count',
    beyond: 'each has its part below for itself, else as one session beyond its bound',
  },
  ownEvents: {
    value: 20,
    unit: 'count',
    what: 'parts of which a session has one for itself, of its traffic and of each kind of event',
    beyond: 'it counts in the row above',
  },
  connects: { value: 1, burst: 15, unit: 'per second', what: 'sockets that a session opens', beyond: 'closed with 1013' },
  attempts: { value: 20, burst: 200, unit: 'per second', what: 'sockets that an address opens', beyond: 'closed with 1013' },
} as const satisfies LimitTable;

/** How often a session may send each kind of event, over whichever socket or as a request; a new socket refills nothing. */
export const EVENT_LIMITS = {
  input: {
    value: 1_000,
    burst: 5_000,
    unit: 'per second',
    what: '`control/…`, `keyboard/modifiers`, messages of the data channel, and requests that do the same',
    beyond: DROPPED,
  },
  seat: {
    value: 10,
    burst: 20,
    unit: 'per second',
    what: 'taking control by input or `control/request`, and requests for it',
    beyond: DROPPED,
  },
  clipboard: {
    value: 4,
    burst: 10,
    unit: 'per second',
    what: '`clipboard/set`, `control/paste`, and requests that read or set the clipboard',
    beyond: DROPPED,
  },
  desktop: {
    value: 2,
    burst: 10,
    unit: 'per second',
    what: '`screen/set`, `keyboard/map`, and requests that do the same',
    beyond: DROPPED,
  },
  request: { value: 10, burst: 100, unit: 'per second', what: '`signal/request`', beyond: DROPPED },
  signal: { value: 50, burst: 200, unit: 'per second', what: 'other `signal/…` events', beyond: DROPPED },
  send: { value: 20, burst: 100, unit: 'per second', what: '`send/…` events', beyond: DROPPED },
  sendBytes: {
    value: 64 * 1024,
    burst: 2 * 1024 * 1024,
    unit: 'bytes per second',
    what: 'all `send/…` events of a session',
    beyond: DROPPED,
  },
  doctor: { value: 20, burst: 200, unit: 'per second', what: '`doctor/…` events', beyond: DROPPED },
  other: {
    value: 20,
    burst: 100,
    unit: 'per second',
    what: 'other events, unknown ones too, and requests that read the keyboard',
    beyond: DROPPED,
  },
} as const satisfies LimitTable;

/** What logins and guesses may cost. */
export const LOGIN_LIMITS = {
  freeFailures: {
    value: 5,
    unit: 'count',
    what: 'wrong passwords of one address (IPv6: /64 network) without a wait',
    beyond: '429 for 1 s, doubling to 60 s with each further one; ten quiet minutes heal',
  },
  freeAccountFailures: {
    value: 10,
    unit: 'count',
    what: 'wrong passwords at one account, from wherever, without a delay',
    beyond: 'its logins take longer where it was not good before',
  },
  accountDelay: {
    value: 2_000,
    unit: 'ms',
    what: 'delay of a login at an account that many guess at',
    beyond: 'it grows no further',
  },
  remembered: {
    value: 10_000,
    unit: 'count',
    what: 'addresses, accounts, and pairs of both, that are remembered for the three above',
    beyond: 'the longest silent one is forgotten',
  },
  checkedAtOnce: {
    value: 2,
    unit: 'count',
    what: 'passwords that are checked at once',
    beyond: 'logins wait, each address in turn',
  },
  waitingOfAddress: { value: 64, unit: 'count', what: 'logins of one address that wait', beyond: '429' },
  waitingInAll: { value: 1_024, unit: 'count', what: 'logins that wait', beyond: 'who has most waiting gets 429' },
  guessBurst: { value: 100, unit: 'count', what: 'unknown tokens of one address, at once', beyond: '429' },
  guessRate: { value: 1, unit: 'per second', what: 'the same, on and on', beyond: '429' },
  apiToken: {
    value: 32,
    unit: 'characters',
    what: 'length from which an API token cannot be guessed',
    beyond: 'a shorter one is warned about and not taken from addresses that are guessing',
  },
} as const satisfies LimitTable;

/** How many sessions there may be. */
export const SESSION_LIMITS = {
  inAll: {
    value: 1_000,
    unit: 'count',
    what: 'sessions in all, connected or not',
    beyond: 'an unconnected one of the address that has most makes room, else 429',
  },
  keptForAdmins: { value: 50, unit: 'count', what: 'of those, kept for admins', beyond: 'as above' },
  ofAddress: {
    value: 100,
    unit: 'count',
    what: 'sessions of users of one address (IPv6: /64 network), and as many of admins',
    beyond: 'its own longest unused unconnected one makes room, else 429',
  },
  bans: { value: 1_000, unit: 'count', what: 'bans', beyond: '422' },
} as const satisfies LimitTable;

/** What may wait for the desktop and its X server. */
export const INPUT_LIMITS = {
  waiting: {
    value: 256,
    unit: 'count',
    what: 'keys, clicks and shortcuts of a session that wait for the X server',
    beyond: 'all that waits is given up, held keys are let go',
  },
  atX: {
    value: 64,
    unit: 'count',
    what: 'input that the X server is given before it has worked off the former, in plain keys; a shortcut counts as 16',
    beyond: 'it waits, in turns between sessions',
  },
  moves: {
    value: 125,
    burst: 2,
    unit: 'per second',
    what: 'pointer positions given to the X server with nothing in between',
    beyond: 'the newest waits in place of the others',
  },
} as const satisfies LimitTable;

/** What is read of the desktop's clipboard, whose contents any page on the desktop can set. */
export const CLIPBOARD_LIMITS = {
  size: {
    value: 8 * 1024 * 1024,
    unit: 'bytes',
    what: 'text, HTML or picture on the clipboard',
    beyond: 'the host is told that it is too large',
  },
  reads: { value: 4, unit: 'per second', what: 'readings for the host', beyond: 'the newest is read later' },
  unread: {
    value: 1024 * 1024,
    unit: 'bytes',
    what: 'what the host may leave unread and still be told of the clipboard',
    beyond: 'it is told the newest once it has read',
  },
} as const satisfies LimitTable;
