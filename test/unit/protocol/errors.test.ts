import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AppError, errorBody } from '../../../server/protocol/errors/app-error.js';
import { DISCONNECTS, disconnectCode } from '../../../server/protocol/errors/disconnects.js';
import { errorMessage, HTTP_ERRORS, isPlainErrorCode } from '../../../server/protocol/errors/http-errors.js';
import { REFUSED_EVENTS } from '../../../server/protocol/errors/refused-events.js';
import { REQUEST_ERRORS } from '../../../server/protocol/errors/request-errors.js';
import { ROOM_ERRORS } from '../../../server/protocol/errors/room-errors.js';
import { SESSION_ERRORS } from '../../../server/protocol/errors/session-errors.js';
import { codeOfStatus } from '../../../server/signaling/http/code-of-status.js';
import { BEGIN, withErrors } from '../../support/errors-reference.js';
import { unpadded } from '../../support/peers/unpadded.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CATALOGUE = 'server/protocol/errors/';
const sources = ['server', 'client'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => /\.(ts|vue)$/.test(path) && !path.startsWith(CATALOGUE))
    .map((path): readonly [string, string] => [path, readFileSync(join(ROOT, path), 'utf8')]),
);
const inServer = sources.filter(([path]) => path.startsWith('server/'));
const filesWith = (text: string, files = sources) => files.filter(([, source]) => source.includes(text)).map(([path]) => path);

test('docs/api.md has the tables that `npm run errors` writes', () => {
  const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
  expect(page).toContain(BEGIN);
  expect(unpadded(page)).toBe(unpadded(withErrors(page)));
});

test.each(Object.keys({ ...HTTP_ERRORS, ...DISCONNECTS, ...REFUSED_EVENTS }))('the code %s is in use', (code) => {
  expect(filesWith(`'${code}'`, inServer)).not.toEqual([]);
});

test('no code is declared twice', () => {
  const codes = [REQUEST_ERRORS, SESSION_ERRORS, ROOM_ERRORS].flatMap((table) => Object.keys(table));
  expect(codes.length).toBe(Object.keys(HTTP_ERRORS).length);
});

const HTTP_TEXTS = Object.values(HTTP_ERRORS).map(({ message }) => message);
const REASONS = Object.values(DISCONNECTS).flatMap(({ reason }) => reason ?? []);
const REFUSALS = Object.values(REFUSED_EVENTS).map(({ message }) => message);

function quoting(texts: readonly string[], files: typeof sources): string[] {
  const quoted = [...new Set(texts)].flatMap((text) => [`'${text}'`, `"${text}"`, `\`${text}\``]);
  return quoted.flatMap((text) => filesWith(text, files).map((path) => `${path}: ${text}`));
}

test('no text of an error stands anywhere but in the catalogue: nothing can recognise an error by it', () => {
  expect(quoting([...HTTP_TEXTS, ...REASONS], sources)).toEqual([]);
  expect(quoting(REFUSALS, inServer)).toEqual([]);
});

test('the body of every error is made in one place', () => {
  expect(filesWith('STATUS_CODES')).toEqual([]);
  const bodies = sources.flatMap(([path, source]) =>
    (source.match(/\bcode: (?:\d+|\w*status), message\b/gi) ?? []).map((made) => `${path} ${made}`),
  );
  // A question that was passed on is no error, and looks like one in neko.
  expect(bodies).toEqual(['server/signaling/http/routes/control.ts code: 202, message']);
});

test('details stand where the message names them, and are taken as they are', () => {
  expect(errorMessage('member-not-deleted', { id: '$& {id}' })).toBe('failed to delete member $& {id}');
  expect(errorBody(new AppError('long-batch', { most: 100 }))).toEqual({
    code: 400,
    message: 'a batch has 100 requests at most',
  });
});

test('only codes whose message needs no details can be named by a schema', () => {
  expect([
    isPlainErrorCode('bad-name'),
    isPlainErrorCode('long-batch'),
    isPlainErrorCode('toString'),
    isPlainErrorCode(5),
  ]).toEqual([true, false, false, false]);
});

test('a status that is made below us has its error, whatever it is', () => {
  expect([400, 404, 413, 431, 500, 502].map(codeOfStatus)).toEqual([
    'bad-request',
    'bad-request',
    'body-too-large',
    'head-too-large',
    'internal',
    'internal',
  ]);
});

test('the words of a disconnect stand for one code, other words for none', () => {
  const reasons = Object.values(DISCONNECTS).flatMap(({ reason }) => reason ?? []);
  expect(new Set(reasons).size).toBe(reasons.length);
  expect([disconnectCode('session deleted'), disconnectCode('kicked'), disconnectCode('')]).toEqual([
    'session-deleted',
    undefined,
    undefined,
  ]);
});
