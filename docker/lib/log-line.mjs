// The server logs JSON lines, meant for collectors; a terminal shows them as text.

/** @type {Readonly<Record<string, string>>} */
const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warning', 50: 'error', 60: 'fatal' };
/** Fields without use on a terminal. */
const HIDDEN_FIELDS = new Set(['pid', 'hostname', 'v']);

/** @param {unknown} error  as the server logs it */
const stackOf = (error) => (typeof error === 'object' && error !== null && 'stack' in error && error.stack) || undefined;

/**
 * One log line as text for a person; a line that is not JSON stays as it is.
 * @param {string} line
 */
export function readableLogLine(line) {
  /** @type {unknown} */
  let entry;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof entry !== 'object' || entry === null || !('level' in entry)) return line;
  const { level, time, msg, err, ...rest } = /** @type {Record<string, unknown>} */ ({ ...entry });
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  const fields = Object.entries(rest)
    .filter(([name]) => !HIDDEN_FIELDS.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const stack = stackOf(err);
  return `${clock} ${LEVELS[String(level)] ?? level}: ${[msg, ...fields].join(' ')}${stack ? `\n${stack}` : ''}`;
}
