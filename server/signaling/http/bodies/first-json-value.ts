import type { Result } from '../../../lib/result.js';
import { endOfString } from '../../../lib/text/json-scan.js';
import { type JsonFault, parseUntrusted } from '../../../protocol/parse-untrusted.js';

/** Parses the first JSON value of a text and ignores what follows it. */
export function firstJsonValue(text: string): Result<unknown, JsonFault> {
  // This white space includes a byte-order mark, which the parser would refuse.
  const trimmed = text.trimStart();
  return parseUntrusted(trimmed.slice(0, endOfFirstValue(trimmed)));
}

/** The end of the first value; the parser decides whether it is a value at all. */
function endOfFirstValue(text: string): number {
  const start = text.search(/\S/);
  const first = text[start];
  if (first !== '{' && first !== '[' && first !== '"') {
    const rest = text.slice(Math.max(start, 0)).search(/[\s,\]}]/);
    return rest < 0 ? text.length : start + rest;
  }
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
