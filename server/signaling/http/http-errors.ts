import type { FastifyInstance } from 'fastify';
import { AppError } from '../../protocol/errors/app-error.js';
import type { Services } from '../services.js';
import { carriesCookie } from './access/authenticate.js';
import { clearedCookie } from './access/cookie.js';
import { codeOfStatus } from './code-of-status.js';
import { errorAnswer } from './endpoint.js';
import { RetryLater } from './rates/retry-later.js';
import { sendAnswer } from './router.js';

/** Gives every error the same shape. An unexpected error is answered 500 and logged, without the query. */
export function addErrors(app: FastifyInstance, services: Services): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof RetryLater) reply.header('retry-after', String(error.retryAfterS));
    if (error instanceof AppError) {
      const refused = error.code === 'unauthorized' || error.code === 'login-disabled';
      if (refused && carriesCookie(services, request.headers.cookie))
        reply.header('set-cookie', clearedCookie(services.session.cookie));
      return sendAnswer(reply, errorAnswer(error));
    }
    const code = codeOfStatus(statusOf(error));
    if (code !== 'internal') return sendAnswer(reply, errorAnswer(new AppError(code)));
    const stack = error instanceof Error ? error.stack : String(error);
    services.log.error({ method: request.method, route: request.routeOptions.url, stack }, 'request failed');
    return sendAnswer(reply, errorAnswer(new AppError(code)));
  });
}

/** The status of an error that Fastify itself made, such as 413 for a body too large. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
