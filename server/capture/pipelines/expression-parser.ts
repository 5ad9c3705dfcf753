import { err, ok, type Result } from '../../lib/result.js';

/** The syntax tree of an expression in a pipeline field. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: number | string | boolean }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression };

type Token = { readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end'; readonly text: string };

const TOKEN =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|"(?<quoted>(?:[^"\\]|\\.)*)"|`(?<raw>[^`]*)`|(?<name>[A-Za-z_]\w*)|(?<sign>\*\*|<<|>>|<=|>=|==|!=|=~|!~|&&|\|\||\?\?|[-+*/%&|^~!<>?:()[\],]))/y;

/** Binary operators from the loosest to the tightest. */
const LEVELS: ReadonlyArray<readonly string[]> = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', '=~', '!~', 'in'],
  ['&', '|', '^'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
];

/** Parses an expression; the error says what was not understood. */
export function parseExpression(text: string): Result<Expression> {
  const tokens = tokenize(text);
  if (!tokens.ok) return tokens;
  try {
    return ok(new Parser(tokens.value).whole());
  } catch (error) {
    if (error instanceof SyntaxError) return err(error.message);
    throw error;
  }
}

function tokenize(text: string): Result<Token[]> {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let at = 0;
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return err(`"${text.slice(at).trim()}" is not understood`);
    at = pattern.lastIndex;
    if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number });
    else if (groups.quoted !== undefined) tokens.push({ kind: 'text', text: groups.quoted.replace(/\\(.)/g, '$1') });
    else if (groups.raw !== undefined) tokens.push({ kind: 'text', text: groups.raw });
    else if (groups.name !== undefined) tokens.push({ kind: groups.name === 'in' ? 'sign' : 'name', text: groups.name });
    else tokens.push({ kind: 'sign', text: groups.sign! });
  }
  return ok([...tokens, { kind: 'end', text: 'the end' }]);
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#choice();
    if (this.#token().kind !== 'end') throw new SyntaxError(`unexpected "${this.#token().text}"`);
    return expression;
  }

  #choice(): Expression {
    const test = this.#binary(0);
    if (!this.#take('?')) return test;
    const yes = this.#choice();
    this.#expect(':');
    return { kind: 'choice', test, yes, no: this.#choice() };
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (let token = this.#token(); token.kind === 'sign' && operators.includes(token.text); token = this.#token()) {
      this.#at += 1;
      left = { kind: 'binary', operator: token.text, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expression {
    for (const operator of ['-', '!', '~']) {
      if (this.#take(operator)) return { kind: 'unary', operator, operand: this.#unary() };
    }
    return this.#primary();
  }

  #primary(): Expression {
    const token = this.#token();
    this.#at += 1;
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'literal', value: token.text };
    if (token.kind === 'name') return this.#named(token.text);
    if (token.text === '[' && token.kind === 'sign') return { kind: 'list', items: this.#items(']') };
    if (token.text === '(' && token.kind === 'sign') {
      const inner = this.#choice();
      this.#expect(')');
      return inner;
    }
    throw new SyntaxError(`unexpected "${token.text}"`);
  }

  #named(name: string): Expression {
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
    return this.#take('(') ? { kind: 'call', name, args: this.#items(')') } : { kind: 'name', name };
  }

  #items(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.#take(end)) return items;
    do items.push(this.#choice());
    while (this.#take(','));
    this.#expect(end);
    return items;
  }

  #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
  }

  #take(sign: string): boolean {
    const token = this.#token();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw new SyntaxError(`"${sign}" expected before "${this.#token().text}"`);
  }
}
