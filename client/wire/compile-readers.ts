import { KindGuard, type TObject, type TSchema } from '@sinclair/typebox';
import { serverEvents } from '../../server/protocol/events/events.js';
import { PAGE_EVENTS } from './page-events.js';

const HEAD = '// Compiled from the schemas in server/protocol/ by `npm run readers`; edit those instead.';
const IMPORT_TYPES = "import type { PageEvent, PageMessage } from './page-events.js';";
/** The names in fields.ts that compiled readers use. */
const HELPERS = [
  'asAmount',
  'asFields',
  'asFlag',
  'asText',
  'asWhole',
  'asWord',
  'list',
  'needed',
  'neededObject',
  'object',
  'objectOrNull',
  'oneOrMore',
  'record',
];

/**
 * The text of readers.ts: for each event of the page a function from any payload to a message of its schema's shape. It needs
 * no evaluation at run time, which the page's content security policy forbids, and the compiler holds its types against the
 * protocol's. Maximum lengths are not checked: they bound what clients send.
 */
export function compileReaders(): string {
  const readers = PAGE_EVENTS.map((event) => {
    const payload = required(serverEvents[event], 'p', 1);
    return `'${event}': (${payload === 'null' ? '' : 'p'}) => ({ event: '${event}', payload: ${payload} }),`;
  });
  const body = `export const readers: Readonly<Record<PageEvent, (payload: unknown) => PageMessage>> = {\n${readers.join('\n')}\n};\n`;
  const helpers = HELPERS.filter((name) => body.includes(`${name}(`));
  return [HEAD, `import { ${helpers.join(', ')} } from './fields.js';`, IMPORT_TYPES, '', body].join('\n');
}

/** An expression for a required field: an absent value, or one of another type, becomes the default. */
function required(schema: TSchema, value: string, depth: number): string {
  if (KindGuard.IsUnknown(schema)) return value;
  if (KindGuard.IsNull(schema)) return 'null';
  if (KindGuard.IsOptional(schema)) return typed(schema, value, depth);
  if (KindGuard.IsObject(schema)) return object('object', schema, value, depth);
  if (KindGuard.IsArray(schema)) return array(schema, value, depth);
  if (KindGuard.IsRecord(schema)) return item(schema, value, depth);
  const nullable = KindGuard.IsUnion(schema) ? schema.anyOf.find(KindGuard.IsObject) : undefined;
  if (nullable !== undefined) return object('objectOrNull', nullable, value, depth);
  const fallback = defaultOf(schema);
  return fallback === undefined ? item(schema, value, depth) : `${typed(schema, value, depth)} ?? ${fallback}`;
}

/** An expression that throws for a value of another type. */
function item(schema: TSchema, value: string, depth: number): string {
  if (KindGuard.IsObject(schema)) return object('neededObject', schema, value, depth);
  if (KindGuard.IsArray(schema)) return array(schema, value, depth);
  if (KindGuard.IsRecord(schema) && !isFree(schema)) {
    const [values = schema] = Object.values<TSchema>(schema.patternProperties);
    return `record(${value}, (v${depth}) => ${item(values, `v${depth}`, depth + 1)})`;
  }
  return `needed(${typed(schema, value, depth)})`;
}

/** An expression that is undefined for a value of another type. */
function typed(schema: TSchema, value: string, depth: number): string {
  if (KindGuard.IsString(schema)) return `asText(${value}${schema.minLength === undefined ? '' : `, ${schema.minLength}`})`;
  if (KindGuard.IsBoolean(schema)) return `asFlag(${value})`;
  if (KindGuard.IsInteger(schema)) return `asWhole(${value}${range(schema)})`;
  if (KindGuard.IsNumber(schema)) return `asAmount(${value}${range(schema)})`;
  if (KindGuard.IsRecord(schema) && isFree(schema)) return `asFields(${value})`;
  if (!KindGuard.IsUnion(schema)) throw new Error(`no reader for a schema of type ${schema.type}`);
  if (schema.anyOf.every(KindGuard.IsLiteral)) return `asWord(${value}, ${words(schema.anyOf.map((each) => each.const))})`;
  const some = schema.anyOf.find((each) => !KindGuard.IsNull(each));
  if (some === undefined || schema.anyOf.length !== 2) throw new Error('a union is one of words, or something and null');
  return typed(some, value, depth);
}

function object(helper: 'object' | 'neededObject' | 'objectOrNull', schema: TObject, value: string, depth: number): string {
  const each = Object.entries(schema.properties).map(
    ([name, field]) => `${name}: ${required(field, `f${depth}.${name}`, depth + 1)},`,
  );
  return `${helper}(${value}, (f${depth}) => ({ ${each.join(' ')} }))`;
}

function array(schema: TSchema & { readonly items: TSchema }, value: string, depth: number): string {
  const items = KindGuard.IsString(schema.items) ? `oneOrMore(${value})` : value;
  const least = schema.minItems === undefined ? '' : `, ${schema.minItems}`;
  return `list(${items}, (v${depth}) => ${item(schema.items, `v${depth}`, depth + 1)}${least})`;
}

/** The default of a schema as text; undefined where a value is required. */
function defaultOf(schema: TSchema): string | undefined {
  if (schema.default !== undefined) return JSON.stringify(schema.default);
  if (KindGuard.IsString(schema)) return schema.minLength === undefined ? "''" : undefined;
  if (KindGuard.IsBoolean(schema)) return 'false';
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) return '0';
  return KindGuard.IsUnion(schema) && schema.anyOf.some(KindGuard.IsNull) ? 'null' : undefined;
}

/** Bounds that are narrower than those of any number. */
function range({ minimum, maximum }: { readonly minimum?: number; readonly maximum?: number }): string {
  if (minimum === Number.MIN_SAFE_INTEGER && maximum === Number.MAX_SAFE_INTEGER) return '';
  return [minimum, maximum].map((bound) => (bound === undefined ? '' : `, ${bound}`)).join('');
}

function isFree(schema: TSchema): boolean {
  return KindGuard.IsRecord(schema) && Object.values<TSchema>(schema.patternProperties).every(KindGuard.IsUnknown);
}

function words(literals: readonly unknown[]): string {
  return `[${literals.map((word) => `'${word}'`).join(', ')}]`;
}
