// The server logs JSON lines, meant for collectors; a terminal shows them as text.

const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warning', 50: 'error', 60: 'fatal' };
const OWN_FIELDS = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'err', 'v']);

/** One log line as text for a person; a line that is not JSON stays as it is. */
export function readableLogLine(line) {
  let entry;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof entry !== 'object' || entry === null || !('level' in entry)) return line;
  const time = new Date(entry.time).toTimeString().slice(0, 8);
  const fields = Object.entries(entry)
    .filter(([name]) => !OWN_FIELDS.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const cause = entry.err?.stack ? `\n${entry.err.stack}` : '';
  return `${time} ${LEVELS[entry.level] ?? entry.level}: ${[entry.msg, ...fields].join(' ')}${cause}`;
}
