import { ICE_LIMITS } from '../../../server/ice/limits.js';
import type { Limit, LimitTable, LimitUnit } from '../../../server/lib/bounds/limits.js';
import { MEDIA_LIMITS } from '../../../server/media/limits.js';
import { FIELD_LIMITS } from '../../../server/protocol/limits.js';
import {
  CLIPBOARD_LIMITS,
  EVENT_LIMITS,
  HTTP_LIMITS,
  INPUT_LIMITS,
  LOGIN_LIMITS,
  SESSION_LIMITS,
  SOCKET_LIMITS,
} from '../../../server/signaling/limits.js';
import { VIEWER_LIMITS } from '../../../server/viewers/limits.js';
import { CHANNEL_LIMITS, DTLS_LIMITS, PEER_LIMITS, SCTP_LIMITS, SDP_LIMITS } from '../../../server/webrtc/limits.js';

const FRONTS: readonly (readonly [title: string, table: LimitTable])[] = [
  ['HTTP', HTTP_LIMITS],
  ['WebSocket', SOCKET_LIMITS],
  ['Logins', LOGIN_LIMITS],
  ['Events of a session over WebSocket and data channel', EVENT_LIMITS],
  ['Sessions', SESSION_LIMITS],
  ['Input', INPUT_LIMITS],
  ['Clipboard', CLIPBOARD_LIMITS],
  ['Fields', FIELD_LIMITS],
  ['DTLS', DTLS_LIMITS],
  ['SCTP', SCTP_LIMITS],
  ['Data channel', CHANNEL_LIMITS],
  ['Session descriptions', SDP_LIMITS],
  ['Viewers', VIEWER_LIMITS],
  ['Peers', PEER_LIMITS],
  ['ICE', ICE_LIMITS],
  ['Media', MEDIA_LIMITS],
];

const HEAD = `# Limits

Generated from the tables in \`server/*/limits.ts\` by \`npm run limits\`; edit those instead.

Whatever a client sends is bounded in size, count, rate or time. What goes beyond a bound costs its sender alone.
`;

/** docs/limits.md as Markdown. */
export function renderLimits(): string {
  return [HEAD, ...FRONTS.map(([title, table]) => section(title, table))].join('\n');
}

function section(title: string, table: LimitTable): string {
  const rows = Object.values(table).map((limit) => `| ${limit.what} | ${amount(limit)} | ${limit.beyond} |`);
  return [`## ${title}`, '', '| What | At most | Beyond it |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

const SIZES = [
  ['MiB', 1024 * 1024],
  ['KiB', 1024],
] as const;

function amount({ value, unit, burst }: Pick<Limit, 'value' | 'unit' | 'burst'>): string {
  if (burst !== undefined) return `${amount({ value, unit })}, ${bare(burst, unit)} at once`;
  return unit === 'bytes per second' ? `${bare(value, unit)} per second` : bare(value, unit) + suffix(unit);
}

function suffix(unit: LimitUnit): string {
  return unit === 'count' || unit === 'ms' || unit === 'bytes' ? '' : ` ${unit}`;
}

function bare(value: number, unit: LimitUnit): string {
  if (unit === 'ms') return value >= 1_000 && value % 1_000 === 0 ? `${(value / 1_000).toLocaleString('en')} s` : `${value} ms`;
  if (unit !== 'bytes' && unit !== 'bytes per second') return value.toLocaleString('en');
  const [name, size] = SIZES.find(([, size]) => value >= size && value % size === 0) ?? ['bytes', 1];
  return `${(value / size).toLocaleString('en')} ${name}`;
}
