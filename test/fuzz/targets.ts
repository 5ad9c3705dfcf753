import type { Target } from './target.js';
import { candidates } from './targets/candidates.js';
import { channel } from './targets/channel.js';
import { config } from './targets/config.js';
import { dtls } from './targets/dtls.js';
import { events } from './targets/events.js';
import { http } from './targets/http.js';
import { iceTcp } from './targets/ice-tcp.js';
import { rtcp } from './targets/rtcp.js';
import { sctp } from './targets/sctp.js';
import { sctpGuard } from './targets/sctp-guard.js';
import { sdp } from './targets/sdp.js';
import { srtp } from './targets/srtp.js';
import { stun } from './targets/stun.js';
import { turn } from './targets/turn.js';

/** Readers of what carries a viewer's connection. */
export const TRANSPORT_TARGETS: readonly Target[] = [stun, candidates, turn, iceTcp, dtls, sctp, sctpGuard];

/** Readers of what is said over it, and of files. */
export const CONTENT_TARGETS: readonly Target[] = [sdp, rtcp, srtp, channel, events, http, config];

/** Every reader of bytes or text from outside. */
export const TARGETS: readonly Target[] = [...TRANSPORT_TARGETS, ...CONTENT_TARGETS];
