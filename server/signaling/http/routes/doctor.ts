import { type Endpoint, endpoint, json } from '../endpoint.js';

/** What the server can say about its own network, in 6 s at most. */
export const doctorRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/webrtc/doctor', { deeds: ['administer'], slash: true }, async ({ services }) =>
    json(await services.doctor.serverView()),
  ),
];
