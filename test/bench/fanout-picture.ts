import type { FanoutRow } from './fanout.js';
import { lineChart } from './line-chart.js';

/** CPU per packet and viewer by number of viewers, one line for each way of sending, as an SVG document. */
export function fanoutPicture(rows: readonly FanoutRow[]): string {
  const lines = new Map<string, [number, number][]>();
  for (const row of rows) {
    const name = `${row.transport}, ${row.path} path`;
    const points = lines.get(name) ?? [];
    points.push([row.viewers, row.cpuMicrosPerPacket]);
    lines.set(name, points);
  }
  return lineChart(
    {
      title: 'The cost of a packet',
      x: 'viewers',
      y: 'CPU per packet and viewer, µs',
      mark: { y: 6, name: 'aim of the fast path: 6 µs' },
    },
    [...lines].map(([name, points]) => ({ name, points })),
  );
}
