/**
 * `NAME=value` lines; quotes around a value are dropped, in double quotes `\n` is a line break. Throws at the first line
 * that is something else, unless it is empty or a comment.
 */
export function parseDotenv(text: string): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const found = /^\s*(?:export\s+)?([\w.]+)\s*[=:]\s*(.*?)\s*$/.exec(line);
    if (found === null) throw new Error(`line ${index + 1} is not NAME=value`);
    const value = found[2] ?? '';
    const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(value);
    const plain = quoted === null ? value.replace(/(^|\s+)#.*$/, '') : (quoted[2] ?? '');
    entries.push([found[1] ?? '', quoted?.[1] === '"' ? plain.replaceAll('\\n', '\n').replaceAll('\\"', '"') : plain]);
  }
  return Object.fromEntries(entries);
}
