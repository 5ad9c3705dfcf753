import { type Endpoint, openEndpoint, textAnswer } from '../endpoint.js';

/** 200 while a viewer who comes now would get a picture. */
export const healthRoute: Endpoint = openEndpoint('GET', '/health', ({ services }) => {
  const healthy = services.health.canConnect();
  return textAnswer(healthy ? 200 : 503, String(healthy));
});
