import { type Endpoint, endpoint, json } from '../endpoint.js';

export const captureRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/room/capture', { deeds: ['administer'], slash: true }, ({ services }) =>
    json({ problems: services.capture.problems() }),
  ),
];
