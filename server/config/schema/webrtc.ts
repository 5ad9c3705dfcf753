import { HIDDEN, shownIceUrl, shownUrl } from '../../lib/text/shown-url.js';
import type { IceServerSetting } from '../config.js';
import {
  externalAddress,
  ipAddress,
  optionalBindAddress,
  optionalHttpUrl,
  portRange,
  staticCandidate,
} from '../forms/network-forms.js';
import { boolean, decimal, duration, integer, listOf, oneOf, portOrOff, text } from '../forms/scalar-forms.js';
import { iceServers } from '../forms/structure-forms.js';
import { key } from '../key.js';

function maskServers(servers: readonly IceServerSetting[]): string {
  return JSON.stringify(
    servers.map(({ urls, credential, ...rest }) => ({
      urls: urls.map(shownIceUrl),
      ...rest,
      ...(credential === undefined ? {} : { credential: HIDDEN }),
    })),
  );
}

export const webrtcSchema = {
  icelite: key(boolean, false, 'Answers connectivity checks without making any; for servers with a reachable address.'),
  icetrickle: key(boolean, true, 'Sends candidates as they are found; otherwise the offer waits for all of them.'),
  iceservers: {
    frontend: key(iceServers, [], 'STUN and TURN servers sent to clients, and asked for our external address.', {
      secret: maskServers,
    }),
    backend: key(iceServers, [], 'STUN and TURN servers used by the server itself.', { secret: maskServers }),
    shared: key(iceServers, [], 'STUN and TURN servers for both sides, read when neither side has its own.', {
      secret: maskServers,
      path: 'webrtc.iceservers',
      aliases: [{ env: 'ICE_SERVERS' }],
    }),
  },
  turn: {
    secret: key(text, '', 'Secret shared with the TURN server, for credentials that expire.', { secret: true }),
    ttl: key(duration(10_000), 24 * 3_600_000, 'Life of such credentials; renewed in time while somebody watches.'),
  },
  epr: key(portRange, null, 'UDP ports for viewers; once all are in use, viewers share them.', {
    defaultText: '59000-59100 unless a mux port is set',
  }),
  tcpmux: key(portOrOff, null, 'One TCP port for all viewers; may be the port of server.bind.', { defaultText: 'off' }),
  udpmux: key(portOrOff, null, 'One UDP port for all viewers, instead of the range.', {
    defaultText: 'off',
    aliases: [{ env: 'WEBRTC_PORT' }],
  }),
  nat1to1: key(listOf(externalAddress), [], 'Addresses or host names shown to clients instead of the local ones.', {
    aliases: [{ env: 'WEBRTC_ADVERTISE_IP' }, { env: 'WEBRTC_IPS' }],
  }),
  ip_retrieval_url: key(
    optionalHttpUrl,
    'https://checkip.amazonaws.com',
    'Asked once for our public address when nat1to1 is empty; an empty value asks nobody.',
    { emptyCounts: true, secret: shownUrl },
  ),
  candidates: key(listOf(staticCandidate), [], 'Addresses with their own external port, in order of preference.'),
  filters: {
    ips: key(listOf(ipAddress), [], 'Only these local addresses are used.'),
    interfaces: key(listOf(text), [], 'Only these network interfaces are used.'),
    networks: key(listOf(oneOf(['udp4', 'udp6', 'tcp4', 'tcp6'])), [], 'Only these kinds of transport are used.'),
    loopback: key(boolean, false, 'Loopback addresses are shown too.'),
    candidates: key(listOf(ipAddress), [], 'Only these addresses are shown in host candidates.'),
  },
  stun_bind: key(optionalBindAddress, null, 'Address and UDP port of the built-in STUN server.', {
    defaultText: 'off',
    aliases: [{ env: 'STUN_PORT', convert: (raw) => `:${raw}` }],
  }),
  estimator: {
    enabled: key(
      boolean,
      true,
      'Finds out what the path to each viewer carries, sends no more, and picks the stream that fits where the viewer leaves that to the server.',
    ),
    passive: key(boolean, false, 'Never picks streams; clients that ask for it are refused.'),
    debug: key(boolean, false, 'Logs each decision of the loop below.'),
    initial_bitrate: key(integer(1), 1_000_000, 'First estimate, in bit/s, for an address of which nothing is known.'),
    read_interval: key(
      duration(1),
      2_000,
      'Time between decisions of the loop that neko picks streams with, which is used once this or one of the six below is another value.',
    ),
    stable_duration: key(duration(), 12_000, 'Time without congestion before a better stream.'),
    unstable_duration: key(duration(), 6_000, 'Time of congestion before a lesser stream.'),
    stalled_duration: key(duration(), 24_000, 'Time without headroom that counts as congestion.'),
    downgrade_backoff: key(duration(), 10_000, 'Least time between two steps down.'),
    upgrade_backoff: key(duration(), 5_000, 'Least time between two steps up.'),
    diff_threshold: key(decimal, 0.15, 'Headroom that a step up needs, as a ratio; negative asks for none.'),
  },
};
