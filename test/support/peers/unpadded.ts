/** Undoes what the formatter does to tables: it pads their cells. */
export function unpadded(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.replace(/ +\|/g, ' |').replace(/ ?-{3,} ?/g, '---') : line))
    .join('\n');
}
