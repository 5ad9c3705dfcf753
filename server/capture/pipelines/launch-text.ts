/** What may stand in a launch text unquoted whatever the rest of it. */
const SIMPLE = /^[\w.+\-/:,=%]+$/;
const WELL_QUOTED = /^"(?:[^"\\]|\\.)*"$/s;
const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\.|[^!]/gsy;
const CAPS = /^[a-z]+\/[\w.+-]+\s*(?:[,;(]|$)/i;

/** A property's value as launch syntax takes it; what is quoted already stays. */
export function quoted(value: string): string {
  return SIMPLE.test(value) || WELL_QUOTED.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * Links texts by "!". Where an empty part or a second "!" comes of it, that is left out, and caps behind caps become an element:
 * launch syntax allows them between elements only.
 */
export function chain(...texts: readonly (string | undefined)[]): string {
  const linked: string[] = [];
  for (const part of texts.flatMap((text) => elementsOf(text ?? ''))) {
    const behindCaps = linked.length === 0 || CAPS.test(linked.at(-1) ?? '');
    linked.push(behindCaps && CAPS.test(part) ? `capsfilter caps=${quoted(part)}` : part);
  }
  return linked.join(' ! ');
}

/** The parts between the "!" of a launch text, except those in quotes. */
export function elementsOf(text: string): readonly string[] {
  const parts = [''];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    at += (token ?? '!').length;
    if (token === undefined) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const PROPERTY = /(?:^|\s)([a-z][\w-]*)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|\S+)/gi;

/** The properties that an element is given, by their names in GObject's spelling; quotes are taken off the values. */
export function propertiesOf(element: string): ReadonlyMap<string, string> {
  const found = [...element.matchAll(PROPERTY)];
  return new Map(found.map(([, name = '', value = '']) => [name.replaceAll('_', '-'), value.replace(/^(["'])(.*)\1$/s, '$2')]));
}
