/** Whether a raw, undecoded path is what `pattern` says: segments literally, `:name` for any one that is not empty. */
export function matchesPattern(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((segment, index) => matchesSegment(segment, given[index]));
}

/** The same for the beginning of a path, up to a slash or its end. */
export function startsWithPattern(pattern: string, path: string): boolean {
  const length = pattern.split('/').length;
  return matchesPattern(pattern, path.split('/').slice(0, length).join('/'));
}

function matchesSegment(wanted: string, given: string | undefined): boolean {
  return wanted.startsWith(':') ? given !== undefined && given !== '' : wanted === given;
}

/** The path of a request target as it was sent. */
export function rawPath(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

/** The part of a path below the prefix, or null for a path outside of it. */
export function belowPrefix(path: string, prefix: string): string | null {
  if (prefix === '') return path;
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : null;
}

/** The normal form of a path: decoded, without dots and double slashes, in lower case, as proxies may make it. */
export function tidyPath(path: string): string {
  let text = path;
  // Each round removes one layer of encoding; our paths never have more.
  for (let round = 0; round < 4 && text.includes('%'); round += 1) text = decodedOnce(text);
  const parts: string[] = [];
  for (const part of text.toLowerCase().split(/[/\\]/)) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function decodedOnce(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)));
}
