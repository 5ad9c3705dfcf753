import type { FanoutRow } from './fanout.js';
import { type Line, lineChart } from './line-chart.js';

/** What the fast path may cost per packet and viewer, CPU microseconds. */
const AIM_MICROS = 6;

/** What viewers cost, by how many there are, one line for each way of sending, as an SVG document. */
export function fanoutPicture(rows: readonly FanoutRow[]): string {
  const lines = new Map<string, [number, number][]>();
  for (const row of rows) {
    const name = `${row.transport}, ${row.path} path`;
    const points = lines.get(name) ?? [];
    points.push([row.viewers, row.corePercent]);
    lines.set(name, points);
  }
  return lineChart(
    { title: 'What viewers cost the server', x: 'viewers', y: 'CPU, percent of one core', mark: aimOf(rows) },
    [...lines].map(([name, points]) => ({ name, points })),
  );
}

/** The same packets at the cost that is aimed for. */
function aimOf(rows: readonly FanoutRow[]): Line {
  const largest = rows.reduce((best, row) => (row.viewers > best.viewers ? row : best));
  const percent = (largest.corePercent * AIM_MICROS) / largest.cpuMicrosPerPacket;
  return {
    name: `${AIM_MICROS} µs per packet`,
    points: [
      [0, 0],
      [largest.viewers, percent],
    ],
  };
}
