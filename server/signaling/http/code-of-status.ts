import type { PlainErrorCode } from '../../protocol/errors/http-errors.js';

const OF_STATUS: Readonly<Record<number, PlainErrorCode>> = {
  408: 'request-timeout',
  412: 'precondition-failed',
  413: 'body-too-large',
  414: 'uri-too-long',
  416: 'range-not-satisfiable',
  431: 'head-too-large',
};

/** The error that a status of Node or Fastify stands for. */
export function codeOfStatus(status: number): PlainErrorCode {
  return OF_STATUS[status] ?? (status >= 400 && status < 500 ? 'bad-request' : 'internal');
}
