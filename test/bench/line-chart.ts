export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartLabels {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** What is worth comparing with. */
  readonly mark?: Line;
}

const [WIDTH, HEIGHT] = [760, 420];
const FRAME = { left: 64, right: 24, top: 48, bottom: 76 };
const COLOURS = ['#1b6ac9', '#d1495b', '#2a9d5c', '#8a5cc2', '#c98a1b', '#4f5b66'];

/** Draws lines over a linear grid that begins at zero, as an SVG document. */
export function lineChart(labels: ChartLabels, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const maxX = Math.max(1, ...points.map(([x]) => x));
  const highest = Math.max(1, ...[...points, ...(labels.mark?.points ?? [])].map(([, y]) => y));
  const stepY = niceStep(highest / 6);
  const maxY = stepY * Math.ceil(highest / stepY);
  const atX = (x: number) => Math.round(FRAME.left + (x / maxX) * (WIDTH - FRAME.left - FRAME.right));
  const atY = (y: number) => Math.round(HEIGHT - FRAME.bottom - (y / maxY) * (HEIGHT - FRAME.top - FRAME.bottom));
  const text = (x: number, y: number, content: string, more = '') => `<text x="${x}" y="${y}" ${more}>${escaped(content)}</text>`;
  const path = (line: Line, more: string) =>
    `<polyline points="${line.points.map(([x, y]) => `${atX(x)},${atY(y)}`).join(' ')}" fill="none" ${more}/>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(`${labels.title}: ${labels.y}`)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(FRAME.left, 24, labels.title, 'font-size="15" font-weight="bold"'),
    text(FRAME.left, FRAME.top - 8, labels.y),
    text(WIDTH - FRAME.right, HEIGHT - FRAME.bottom + 34, labels.x, 'text-anchor="end"'),
  ];
  for (let y = 0; y <= maxY + stepY / 2; y += stepY)
    parts.push(
      `<line x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${atY(y)}" y2="${atY(y)}" stroke="#d8dde2"/>`,
      text(FRAME.left - 8, atY(y) + 4, String(Number(y.toFixed(3))), 'text-anchor="end"'),
    );
  for (const x of new Set(points.map(([value]) => value)))
    parts.push(text(atX(x), HEIGHT - FRAME.bottom + 18, String(x), 'text-anchor="middle"'));
  if (labels.mark) {
    const [x, y] = labels.mark.points.at(-1)!;
    parts.push(path(labels.mark, 'stroke="#333333" stroke-dasharray="5 4"'));
    parts.push(text(atX(x), atY(y) - 8, labels.mark.name, 'text-anchor="end" fill="#333333"'));
  }
  for (const [i, line] of lines.entries()) {
    const colour = COLOURS[i % COLOURS.length]!;
    parts.push(path(line, `stroke="${colour}" stroke-width="2"`));
    for (const [x, y] of line.points) parts.push(`<circle cx="${atX(x)}" cy="${atY(y)}" r="3" fill="${colour}"/>`);
    const legend = FRAME.left + (i % 3) * 210;
    const below = HEIGHT - 26 + Math.floor(i / 3) * 16;
    parts.push(
      `<rect x="${legend}" y="${below - 9}" width="18" height="4" fill="${colour}"/>`,
      text(legend + 26, below, line.name),
    );
  }
  return `${[...parts, '</svg>'].join('\n')}\n`;
}

/** The next larger of 1, 2 and 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
