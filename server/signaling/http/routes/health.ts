import { type Endpoint, openEndpoint, textAnswer } from '../endpoint.js';

export const healthRoutes: readonly Endpoint[] = [
  /** Readiness: 200 `true` while a new viewer would get a picture, else 503 with the reason. */
  openEndpoint('GET', '/health', ({ services }) => {
    const problem = services.health.problem();
    return problem === undefined ? textAnswer(200, 'true') : textAnswer(503, problem);
  }),
  /** Liveness: 200 whenever this process answers at all. A restart would not mend what readiness reports. */
  openEndpoint('GET', '/health/live', () => textAnswer(200, 'true')),
];
