type FigureTest = readonly [file: string, title: string];

const HALF_OPEN = 'unit/ice/half-open.test.ts';
const STUN_PORT: FigureTest = [
  'unit/ice/small-parts.test.ts',
  'N2 an address gets a burst and then a trickle, and all together are bounded',
];
const FIELDS: FigureTest = ['unit/protocol/bounds.test.ts', 'D9 %s at the bound and beyond'];
const BODIES: FigureTest = ['unit/signaling/small-rules.test.ts', 'bodies are counted by client and in all, and given back'];
const FAIR_QUEUE = 'unit/signaling/fair-queue.test.ts';
const THROTTLE = 'unit/signaling/login-throttle.test.ts';
const CAPACITY = 'unit/room/capacity.test.ts';
const GUESSES: FigureTest = [
  'integration/signaling/sessions.test.ts',
  'guesses at the API token are slowed down, at the bound and beyond; sessions and a long token go on',
];
const INPUT_QUEUE = 'unit/signaling/input-queue.test.ts';

/** Limits whose tests write the figure out, or go through the rule with a smaller one: where they stand. */
export const FIGURE_TESTS: Readonly<Record<string, FigureTest>> = {
  'ICE_LIMITS.stunMessage': ['unit/ice/bounds.test.ts', 'a STUN message has its greatest length, and no byte more'],
  'ICE_LIMITS.remoteCandidates': ['unit/ice/agent.test.ts', 'a list of candidates is bounded'],
  'ICE_LIMITS.halfOpenPerAddress': [HALF_OPEN, 'closes its own connections only, the oldest first'],
  'ICE_LIMITS.halfOpen': [HALF_OPEN, 'many hosts together push out the oldest of all'],
  'ICE_LIMITS.halfOpenTime': ['integration/ice/ice-transports.test.ts', 'or never proves itself, is closed after 30 s'],
  'ICE_LIMITS.plainStunPerAddress': STUN_PORT,
  'ICE_LIMITS.plainStun': STUN_PORT,
  'ICE_LIMITS.stunServerPerAddress': STUN_PORT,
  'ICE_LIMITS.stunServer': STUN_PORT,
  'FIELD_LIMITS.pluginKeys': FIELDS,
  'FIELD_LIMITS.logEntries': FIELDS,
  'HTTP_LIMITS.bodiesInAll': BODIES,
  'HTTP_LIMITS.answersInAll': BODIES,
  'HTTP_LIMITS.handshakeTime': [
    'integration/signaling/http-connections.test.ts',
    'half a handshake and silence end within seconds',
  ],
  'HTTP_LIMITS.rememberedCallers': ['unit/signaling/http-gates.test.ts', 'the longest silent caller is forgotten first'],
  'HTTP_LIMITS.batchRequests': [
    'integration/signaling/http-bodies.test.ts',
    'a batch of 100 is run, one of 101 is refused whole',
  ],
  'SOCKET_LIMITS.silence': ['unit/signaling/session-rates.test.ts', 'a socket that answers no ping counts as gone after 25 s'],
  'LOGIN_LIMITS.freeFailures': [THROTTLE, 'L1 five guesses are free, the sixth waits a second'],
  'LOGIN_LIMITS.freeAccountFailures': [THROTTLE, 'L5 nine guesses at a name cost its owner nothing'],
  'LOGIN_LIMITS.accountDelay': [THROTTLE, 'make it slower, never more than two seconds'],
  'LOGIN_LIMITS.checkedAtOnce': [FAIR_QUEUE, 'L7 two at once, one of each key, keys in turn'],
  'LOGIN_LIMITS.waitingOfAddress': [FAIR_QUEUE, 'L7 a key at its bound is refused, others are not'],
  'LOGIN_LIMITS.waitingInAll': [FAIR_QUEUE, 'L7 full: who has most waiting loses the newest'],
  'LOGIN_LIMITS.guessBurst': GUESSES,
  'LOGIN_LIMITS.guessRate': GUESSES,
  'LOGIN_LIMITS.apiToken': ['integration/signaling/sessions.test.ts', 'a short API token is warned about'],
  'SESSION_LIMITS.inAll': [CAPACITY, 'K2 full: whoever has most sessions makes room'],
  'SESSION_LIMITS.keptForAdmins': [CAPACITY, 'K3 guests who fill the room keep no admin out'],
  'SESSION_LIMITS.ofAddress': [CAPACITY, 'K1 at the bound of its network a login takes the place'],
  'SESSION_LIMITS.bans': ['unit/room/bans.test.ts', 'X4 bans are bounded'],
  'INPUT_LIMITS.atX': [INPUT_QUEUE, 'the X server is given four shortcuts, then one more for each that it worked off'],
  'INPUT_LIMITS.moves': [INPUT_QUEUE, 'positions in a flood: the newest is carried out every 8 ms'],
  'CLIPBOARD_LIMITS.size': [
    'integration/desktop/clipboard.test.ts',
    '8 MiB of an application are read, a byte more is too large',
  ],
  'CLIPBOARD_LIMITS.reads': [
    'integration/signaling/socket-limits.test.ts',
    'copies in a flood: the first at once, then four a second',
  ],
  'CLIPBOARD_LIMITS.unread': [
    'integration/signaling/socket-limits.test.ts',
    'a host that reads slowly is told the newest once it has read',
  ],
};
