// Where a JSON text goes wrong, as line and column: JSON.parse does not always give them. Commas before a closing bracket and a
// byte-order mark pass, as they do with browsers.

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in texts.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const OTHER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class Fault extends Error {}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = text.startsWith('\ufeff') ? 1 : 0;
  }

  skipBlanks() {
    while (/[ \t\r\n]/.test(this.text.charAt(this.at))) this.at += 1;
  }

  next() {
    this.skipBlanks();
    return this.text.charAt(this.at);
  }

  /**
   * @param {string} wanted
   * @returns {never}
   */
  fail(wanted) {
    const found = this.text.charAt(this.at);
    throw new Fault(`${wanted} expected, ${found === '' ? 'the file ends' : `found ${JSON.stringify(found)}`}`);
  }

  /**
   * @param {RegExp} pattern  sticky
   * @param {string} wanted
   */
  take(pattern, wanted) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return this.fail(wanted);
    this.at += found[0].length;
  }

  /** @returns {void} */
  value(depth = 0) {
    const first = this.next();
    if (depth > 200) this.fail('less nesting');
    if (first === '{') this.items('}', () => this.member(depth));
    else if (first === '[') this.items(']', () => this.value(depth + 1));
    else if (first === '"') this.take(STRING, 'a text in quotes');
    else this.take(OTHER, 'a value');
  }

  /**
   * @param {string} end
   * @param {() => void} item
   */
  items(end, item) {
    this.at += 1;
    while (this.next() !== end) {
      item();
      if (this.next() === ',') this.at += 1;
      else if (this.next() !== end) this.fail(`"," or "${end}"`);
    }
    this.at += 1;
  }

  /** @param {number} depth */
  member(depth) {
    if (this.next() !== '"') this.fail('a name in quotes');
    this.take(STRING, 'a name in quotes');
    if (this.next() !== ':') this.fail('":"');
    this.at += 1;
    this.value(depth + 1);
  }

  whole() {
    if (this.next() !== '{') this.fail('"{"');
    this.value();
    if (this.next() !== '') this.fail('nothing more');
  }
}

/**
 * The first fault of a text that should be one JSON object, with line and column counted from 1; undefined when it is one.
 * @param {string} text
 */
export function jsonFault(text) {
  const reader = new Reader(text);
  try {
    reader.whole();
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, reader.at).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1, reason: error.message };
  }
}
