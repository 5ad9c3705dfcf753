import { assertNever } from '../../lib/assert-never.js';
import { err, ok, type Result } from '../../lib/result.js';
import { type Expression, parseExpression } from './expression-parser.js';

/** What an expression can become; undefined is the "nothing" of an unknown name. */
type Value = number | string | boolean | undefined | readonly Value[];

export type Variables = Readonly<Record<string, number>>;

/** Words joined by hyphens (`low-latency-hq`) are a preset's name, not a subtraction. */
const HYPHENATED_WORD = /^[A-Za-z_]\w*(?:-\w+)+$/;

/** A number from an expression such as `round(height * 0.75)`; numeric text counts. */
export function evaluateNumber(text: string, variables: Variables): Result<number> {
  const value = run(text, variables);
  if (!value.ok) return value;
  const number = toNumber(value.value);
  return number === undefined ? err(`"${text}" gives no number`) : ok(number);
}

/** An encoder property's text: the printed result, or the text itself where it is a mere word such as `cbr`. */
export function evaluateText(text: string, variables: Variables): Result<string> {
  const names = Object.keys(variables);
  if (HYPHENATED_WORD.test(text) && !text.split('-').some((word) => names.includes(word))) return ok(text);
  const value = run(text, variables);
  if (!value.ok) return value;
  if (value.value === undefined) return ok(text);
  return typeof value.value === 'object' ? err(`"${text}" gives a list`) : ok(String(value.value));
}

function run(text: string, variables: Variables): Result<Value> {
  const parsed = parseExpression(text);
  if (!parsed.ok) return err(`"${text}": ${parsed.error}`);
  try {
    return ok(evaluate(parsed.value, variables));
  } catch (error) {
    if (error instanceof EvaluationError) return err(`"${text}": ${error.message}`);
    throw error;
  }
}

class EvaluationError extends Error {}

function evaluate(node: Expression, variables: Variables): Value {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'list':
      return node.items.map((item) => evaluate(item, variables));
    case 'name':
      return Object.hasOwn(variables, node.name) ? variables[node.name] : undefined;
    case 'call':
      return call(
        node.name,
        node.args.map((argument) => evaluate(argument, variables)),
      );
    case 'unary':
      return unary(node.operator, evaluate(node.operand, variables));
    case 'binary':
      return binary(node.operator, evaluate(node.left, variables), () => evaluate(node.right, variables));
    case 'choice':
      return evaluate(truth(evaluate(node.test, variables)) ? node.yes : node.no, variables);
    default:
      return assertNever(node);
  }
}

function call(name: string, args: readonly Value[]): Value {
  if (name !== 'round' || args.length !== 1)
    throw new EvaluationError(`no function ${name} with ${args.length} arguments; there is round(x)`);
  const number = needNumber(args[0]);
  // Halves go away from zero, unlike Math.round.
  return Math.sign(number) * Math.round(Math.abs(number));
}

function unary(operator: string, operand: Value): Value {
  if (operator === '!') return !truth(operand);
  return operator === '-' ? -needNumber(operand) : ~needNumber(operand);
}

function binary(operator: string, left: Value, right: () => Value): Value {
  switch (operator) {
    case '??':
      return left ?? right();
    case '||':
      return truth(left) || truth(right());
    case '&&':
      return truth(left) && truth(right());
    case '+':
      return plus(left, right());
    case '==':
      return equal(left, right());
    case '!=':
      return !equal(left, right());
    case 'in':
      return contains(right(), left);
    case '=~':
      return matches(left, right());
    case '!~':
      return !matches(left, right());
    default:
      return arithmetic(operator, left, right());
  }
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  const isText = typeof left === 'string' && typeof right === 'string' && toNumber(left) === undefined;
  if (isText && operator === '<') return left < right;
  if (isText && operator === '>') return left > right;
  const [a, b] = [needNumber(left), needNumber(right)];
  switch (operator) {
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) throw new EvaluationError('division by zero');
      return a / b;
    case '%':
      if (b === 0) throw new EvaluationError('remainder of a division by zero');
      return a % b;
    case '**':
      return a ** b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return Math.trunc(a) * 2 ** b;
    case '>>':
      return Math.floor(Math.trunc(a) / 2 ** b);
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new EvaluationError(`no operator ${operator}`);
  }
}

function plus(left: Value, right: Value): Value {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a !== undefined && b !== undefined) return a + b;
  if (left === undefined || right === undefined) throw new EvaluationError('an unknown name cannot be added');
  return String(left) + String(right);
}

function equal(left: Value, right: Value): boolean {
  const [a, b] = [toNumber(left), toNumber(right)];
  return a !== undefined && b !== undefined ? a === b : left === right;
}

function contains(list: Value, wanted: Value): boolean {
  if (typeof list !== 'object') throw new EvaluationError('"in" needs a list');
  return list.some((item) => equal(item, wanted));
}

function matches(text: Value, pattern: Value): boolean {
  if (typeof text !== 'string' || typeof pattern !== 'string') throw new EvaluationError('a pattern matches text only');
  try {
    return new RegExp(pattern).test(text);
  } catch {
    throw new EvaluationError(`"${pattern}" is no pattern`);
  }
}

function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  const number = toNumber(value);
  if (number === undefined) throw new EvaluationError('neither true nor false');
  return number !== 0;
}

function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function needNumber(value: Value): number {
  const number = toNumber(value);
  if (number === undefined) {
    throw new EvaluationError(
      value === undefined ? 'an unknown name is used as a number; quote words: "\\"word\\""' : `${String(value)} is no number`,
    );
  }
  return number;
}
