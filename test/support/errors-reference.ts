import { DISCONNECTS } from '../../server/protocol/errors/disconnects.js';
import { HTTP_ERRORS } from '../../server/protocol/errors/http-errors.js';
import { REFUSED_EVENTS } from '../../server/protocol/errors/refused-events.js';

export const BEGIN = '<!-- errors -->';
const END = '<!-- /errors -->';

const HEAD = `Written from the catalogue in \`server/protocol/errors/\` by \`npm run errors\`; edit that instead. Codes are stable, and the texts are as
neko has them where neko has them. \`{…}\` stands for a detail.`;

/** The page with the tables of errors between its two marks written anew. */
export function withErrors(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  return [before, BEGIN, '\n\n', renderErrors(), '\n\n', END, after].join('');
}

function renderErrors(): string {
  return [HEAD, httpTable(), disconnectTable(), refusedTable()].join('\n\n');
}

function httpTable(): string {
  const rows = Object.entries(HTTP_ERRORS)
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, message, when }]) => [`\`${code}\``, `${status}`, `\`${message}\``, when]);
  return section('Over HTTP', 'The code is in the header `Error-Code`.', [['Code', 'Status', 'Message', 'When'], ...rows]);
}

function disconnectTable(): string {
  const rows = Object.entries(DISCONNECTS).map(([code, { close, reason, when }]) => [
    `\`${code}\``,
    `${close}`,
    reason === null ? '' : `\`${reason}\``,
    when,
  ]);
  const said =
    'How the server ends a WebSocket: `system/disconnect` with the message, then a close frame with the code as its reason.';
  return section('At the end of a WebSocket', said, [['Code', 'Close code', 'Message', 'When'], ...rows]);
}

function refusedTable(): string {
  const rows = Object.entries(REFUSED_EVENTS).map(([code, { event, message, when }]) => [
    `\`${code}\``,
    `\`${event}\``,
    message,
    when,
  ]);
  return section('By an event', 'The WebSocket stays open. The code stands in none of these messages.', [
    ['Code', 'Event', 'Message', 'When'],
    ...rows,
  ]);
}

function section(title: string, said: string, [head = [], ...rows]: readonly (readonly string[])[]): string {
  return [`### ${title}`, '', said, '', row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
