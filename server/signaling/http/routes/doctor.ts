import { type Endpoint, endpoint, json } from '../endpoint.js';

/** The server's own part of the connection check, within 6 s. */
export const doctorRoutes: readonly Endpoint[] = [
  endpoint('GET', '/api/webrtc/doctor', { deeds: ['administer'], slash: true }, async ({ services }) =>
    json(await services.doctor.serverView()),
  ),
];
