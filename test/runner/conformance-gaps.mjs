// Tests of the conformance suites that are about something else than what is built, by suite.
// Each pattern matches full names ("suite > test"); such a test counts as skipped while it fails, and as passed once it does.

/** They begin well and end with a broadcast, an upload or the metrics. */
const MIXED = [
  /^http\.md §1 conventions > empty body: 400 no data provided$/,
  /^http\.md §1 conventions > \/api\/room\/broadcast answers with and without a trailing slash$/,
  /^http\.md §2 guards > an admin who is not host is refused clipboard, keyboard writes and uploads$/,
  /^http\.md §7 batch > runs in order, answers in order; 204 has no body key$/,
  /^defaults: .* > sessions: nobody connected yet has no last-left times$/,
  /^CORS list, .* > API token: admin rights over HTTP$/,
  /^CORS \*: any origin > prefix desk\/one\/ is normalised to \/desk\/one and carries api, health and metrics$/,
];

const BROADCAST = [/^http\.md §5 broadcast > /];

/** The screencast. */
const PICTURES = [
  /^(defaults|CORS list, |filetransfer for admins, ).* > (private mode.*: |screencast is off by default: )?cast\.jpg/,
];

const UPLOAD = [
  /^http\.md §2 guards > (POST|DELETE) \/api\/room\/upload\/(drop|dialog) refuses /,
  /^http\.md §5 upload > /,
  /^CORS list, .* > upload drop off: 400 before the form is looked at$/,
  /^filetransfer for admins, .* > dialog enabled but not open: 422 after the form was checked$/,
];

const CHAT = [
  /^http\.md §1\.6 authentication > no credentials: POST \/api\/chat is 401$/,
  /^http\.md §2 guards > POST \/api\/chat refuses without admin: 403 session is not admin$/,
  /^http\.md §6 plugins > chat: /,
  /^CORS list, .* > chat off: 403$/,
  /^member provider file, plain, created when missing > chat from the API token has sender API$/,
];

const FILE_TRANSFER = [
  /^http\.md §1\.6 authentication > no credentials: (GET|POST|DELETE) \/api\/filetransfer is 401$/,
  /^defaults: .* > filetransfer is off by default: 403 for admins and users$/,
  /^filetransfer for admins, .* > (users are refused each action|download: |upload: |delete: |profile switch )/,
  /^filetransfer for users > (the directory is created; |the user profile switch stops one user$)/,
  /^v2 names and values that override v3 > NEKO_PATH_PREFIX, NEKO_CORS and file transfer names$/,
];

const OPEN_IN_APP = [
  /^http\.md §1\.6 authentication > no credentials: POST \/api\/openinapp\/openlink is 401$/,
  /^defaults: .* > openinapp is off by default: 403 before anything else$/,
  /^filetransfer for (admins, .*|users) > openlink/,
];

const METRICS = [/^defaults: .* > metrics(:| are on by default:) /];

/** The routes of the v2 protocol. */
const LEGACY_ROUTES = [
  /^legacy\.md §7 HTTP on the same listener > (GET \/stats[ :]|GET \/screenshot\.jpg|\/file: )/,
  /^TLS > v2 routes work over TLS$/,
  /^filetransfer for admins, .* > v2 \/file: /,
];

/** New passwords of the member file are hashed by scrypt, a difference on purpose. */
const HASHES = [/^member provider file, hashed by default > file: entries are \{password: base64 SHA-256, profile\}$/];

/** A session ends with the password that it was opened with, a difference on purpose. */
const SESSIONS = [
  /: password change: new one logs in, old one does not, live session stays$/,
  // Counts the member that the test above leaves behind when it ends early.
  /^member provider (object|file, hashed by default) > (object|file): bulk update and delete$/,
];

/** HEAD works wherever GET does, and every cookie says SameSite: differences on purpose. */
const WEB = [
  /^http\.md §1 conventions > wrong method HEAD /,
  /^http\.md §1 conventions > wrong method below an authenticated sub-resource: 401 first, 405 with a session; PATCH and PUT do not exist$/,
  /^cookie attributes from the configuration, .* > name, expiration, no Secure, no SameSite, /,
];

export const GAPS = {
  http: [
    ...MIXED,
    ...BROADCAST,
    ...PICTURES,
    ...UPLOAD,
    ...CHAT,
    ...FILE_TRANSFER,
    ...OPEN_IN_APP,
    ...METRICS,
    ...LEGACY_ROUTES,
    ...HASHES,
    ...SESSIONS,
    ...WEB,
  ],
  events: [
    // Chat.
    /^chat\/init: enabled$/,
    /^chat\/message: to everyone, the sender too; /,
    /^chat switched off for the room: users cannot send, admins can$/,
    /^can_receive off: room-wide for users, per profile for anybody$/,
    /^an empty chat text is passed on$/,
  ],
  config: [
    // These end with a client of the v2 protocol.
    /^iceservers: the frontend list goes to the client as given$/,
    /^path prefix: sockets below it$/,
    /^cookies: the socket authenticates by cookie, a token in the query is not needed; v2 cannot log in$/,
    /^v2 admin\/ban: /,
    // Plug-ins and the screencast.
    /^file transfer on: listing on connect, on every change, on request$/,
    /^open in app on: openinapp\/init says so$/,
    /^screencast on: system\/init says so$/,
  ],
};
