import type { Target } from './target.js';
import { candidates } from './targets/candidates.js';
import { channel } from './targets/channel.js';
import { config } from './targets/config.js';
import { events } from './targets/events.js';
import { http } from './targets/http.js';
import { iceTcp } from './targets/ice-tcp.js';
import { rtcp } from './targets/rtcp.js';
import { sctp } from './targets/sctp.js';
import { sdp } from './targets/sdp.js';
import { srtp } from './targets/srtp.js';
import { stun } from './targets/stun.js';
import { turn } from './targets/turn.js';

/** Every reader of bytes or text from outside. */
export const TARGETS: readonly Target[] = [stun, candidates, sdp, rtcp, srtp, sctp, channel, turn, iceTcp, events, http, config];
