import type { LogLevel } from '../config.js';
import { bindAddress, frameSource, network, origin } from '../forms/network-forms.js';
import { boolean, duration, integer, listOf, oneOf, pattern, text } from '../forms/scalar-forms.js';
import { key } from '../key.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'disabled'] as const satisfies readonly LogLevel[];
/** Further spellings, among them the numbers of neko's logger. */
const LOG_LEVEL_ALIASES: Readonly<Record<string, LogLevel>> = {
  panic: 'fatal',
  warning: 'warn',
  '-1': 'trace',
  '0': 'debug',
  '1': 'info',
  '2': 'warn',
  '3': 'error',
  '4': 'fatal',
  '5': 'fatal',
  '7': 'disabled',
};

export const globalSchema = {
  debug: key(boolean, false, 'Raises the log level to debug, unless it is trace already.'),
  legacy: key(boolean, true, 'Reads the settings of neko v2.'),
  log: {
    level: key(oneOf(LOG_LEVELS, LOG_LEVEL_ALIASES), 'info', 'How much is logged.'),
    time: key(oneOf(['unix', 'unixms', 'unixmicro']), 'unix', 'Form of the time in log lines.'),
    json: key(boolean, false, 'One JSON object per log line, for machines.'),
    nocolor: key(boolean, false, 'No colours in the log; a variable NO_COLOR does the same.'),
    dir: key(text, '', 'Directory for log files; empty logs to standard error.'),
  },
};

export const serverSchema = {
  bind: key(bindAddress, { host: '127.0.0.1', port: 8080 }, 'Address and TCP port of the web server.'),
  cert: key(text, '', 'PEM file with the TLS certificate; needs server.key too.'),
  key: key(text, '', 'PEM file with the TLS key; needs server.cert too.'),
  proxy: key(boolean, false, 'Believes the headers of a reverse proxy in front: client address, host, port and scheme.'),
  trusted_proxies: key(
    listOf(network),
    [],
    'The proxies that are believed, and no others; empty with server.proxy on is every loopback, private and unique-local address. A list turns server.proxy on.',
  ),
  frame_ancestors: key(listOf(frameSource), ["'self'"], 'Whose pages may show this one in a frame; empty is nobody.'),
  static: key(text, '', 'Directory of the web client; empty serves the one that was built with the server.'),
  path_prefix: key(text, '/', 'Path under which everything is served.'),
  pprof: key(boolean, false, 'Profiling of the Go runtime in neko; there is nothing like it here.'),
  metrics: key(boolean, true, 'Prometheus metrics at /metrics.'),
  cors: key(listOf(origin), [], 'Other origins that may use the API and the WebSocket; * allows all.'),
};

export const sessionSchema = {
  file: key(text, '', 'JSON file that keeps sessions and generated passwords over restarts; empty keeps them in memory.'),
  private_mode: key(boolean, false, 'At start, only admins see and hear the desktop.'),
  locked_logins: key(boolean, false, 'At start, only admins may log in.'),
  locked_controls: key(boolean, false, 'At start, only admins may take control.'),
  control_protection: key(boolean, false, 'Users may control only while an admin is connected; locks the controls at start.'),
  implicit_hosting: key(boolean, false, 'Whoever uses the desktop takes control without asking.'),
  inactive_cursors: key(boolean, false, 'Shows the pointers of those who are not in control.'),
  merciful_reconnect: key(boolean, true, 'A second connection of a session replaces the first one.'),
  heartbeat_interval: key(integer(), 10, 'Seconds between heartbeats that clients send; 0 asks for none.'),
  idle_timeout: key(
    duration(),
    24 * 3_600_000,
    'A session ends when it was neither connected nor used for this long; 0 turns this off.',
  ),
  lifetime: key(
    duration(),
    30 * 24 * 3_600_000,
    'A session ends this long after its login, also while connected; 0 turns this off.',
  ),
  api_token: key(text, '', 'Bearer token with admin rights for the HTTP API; empty is off.', { secret: true }),
  cookie: {
    enabled: key(boolean, false, 'Keeps the token of a session in a cookie.'),
    name: key(pattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a cookie name without blanks'), 'NEKO_SESSION', 'Name of the cookie.'),
    expiration: key(duration(), 24 * 3_600_000, 'Life of the cookie.'),
    secure: key(boolean, true, 'Sends the cookie over HTTPS only.'),
    http_only: key(boolean, true, 'Hides the cookie from scripts.'),
    domain: key(text, '', 'Domain of the cookie; empty is the host itself.'),
    path: key(text, '', 'Path of the cookie; empty leaves it to the browser.'),
  },
};
