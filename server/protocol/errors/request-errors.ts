import { FIELD_LIMITS } from '../limits.js';
import type { HttpErrorTable } from './error-entry.js';

const { depth, name } = FIELD_LIMITS;

/** Errors that any request may get. */
export const REQUEST_ERRORS = {
  'bad-request': {
    status: 400,
    message: 'Bad Request',
    when: 'no request of a form that we take; a WebSocket elsewhere than at `/api/ws`, or from a page that may open none',
  },
  'no-body': { status: 400, message: 'no data provided', when: 'the body is missing' },
  'unreadable-body': { status: 400, message: 'unable to parse provided data', when: 'the body is not of the right shape' },
  'unreadable-payload': { status: 400, message: 'unable to unmarshal payload', when: 'the same of a change to several members' },
  'too-deep': {
    status: 400,
    message: `lists and objects stand in more than ${depth.value} levels`,
    when: 'JSON is nested too deep',
  },
  'bad-name': {
    status: 400,
    message: `a name is one line of at most ${name.value} characters, without control characters, and empty or with a character that can be seen`,
    when: 'a user name or display name with control characters, halves of surrogate pairs, or nothing to be seen; empty ones are taken',
  },
  'excluded-from-batch': {
    status: 400,
    message: 'this path is excluded from batch requests',
    when: '`/api/batch` or `/api/ws` inside a batch',
  },
  'outside-api': {
    status: 400,
    message: 'this path is not allowed in batch requests',
    when: 'a path inside a batch does not begin with `/api`',
  },
  'long-batch': { status: 400, message: 'a batch has {most} requests at most', when: 'a batch of more; none of it is run' },
  'foreign-page': {
    status: 403,
    message: 'this page may not use the session of its visitor: its origin is neither ours nor on the CORS list',
    when: 'see [cookies](#cookies)',
  },
  'request-timeout': { status: 408, message: 'Request Timeout', when: 'head or body came too slowly' },
  'precondition-failed': {
    status: 412,
    message: 'Precondition Failed',
    when: 'a file is not as `If-Match` or `If-Unmodified-Since` has it',
  },
  'body-too-large': { status: 413, message: 'Payload Too Large', when: 'the body is over the limit' },
  'batch-answers-too-long': {
    status: 413,
    message: 'the answers of this batch are too long',
    when: 'further requests of a batch whose answers are over the limit',
  },
  'uri-too-long': { status: 414, message: 'URI Too Long', when: 'a part of the path is over the limit' },
  'range-not-satisfiable': { status: 416, message: 'Range Not Satisfiable', when: 'a file has no such part' },
  'expectation-failed': { status: 417, message: 'Expectation Failed', when: 'an `Expect` other than `100-continue`' },
  'too-many-requests': {
    status: 429,
    message: 'too many requests, try again later',
    when: 'more than [limits.md](limits.md) allows',
  },
  'too-many-of-kind': {
    status: 429,
    message: 'too many requests of this kind ({kind}), try again later',
    when: 'more than the events of that kind may be',
  },
  'too-many-bodies': {
    status: 429,
    message: 'too many requests at a time, try again later',
    when: 'bodies of this address are too much at the moment',
  },
  'too-many-answers': {
    status: 429,
    message: 'too many answers at a time, try again later',
    when: 'answers that nobody takes are too much at this address',
  },
  'too-many-screenshots': {
    status: 429,
    message: 'too many requests, try again later',
    when: 'a session waits for too many screenshots',
  },
  'head-too-large': {
    status: 431,
    message: 'Request Header Fields Too Large',
    when: 'the head is over the limit, or has too many headers',
  },
  internal: { status: 500, message: 'Internal Server Error', when: 'anything else; the reason is in the log of the server' },
  'bodies-busy': {
    status: 503,
    message: 'too many requests at a time, try again later',
    when: 'bodies of all clients together are too much at the moment',
  },
  'answers-busy': {
    status: 503,
    message: 'too many answers at a time, try again later',
    when: 'answers that nobody takes are too much in all',
  },
  'screenshots-busy': {
    status: 503,
    message: 'too many requests, try again later',
    when: 'too many screenshots are waited for in all',
  },
} as const satisfies HttpErrorTable;
