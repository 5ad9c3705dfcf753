import { randomInt } from 'node:crypto';
import type { Clock } from '../lib/clock.js';
import { SendScheduler } from './egress/send-scheduler.js';
import { StreamFanout } from './egress/stream-fanout.js';
import type { MediaEngine } from './media-engine.js';
import { type Departures, selectDepartures } from './paths/departures.js';
import { type PeerContext, SrtpPeer } from './peer.js';
import type { CipherSuite } from './srtp/cipher-suite.js';
import { selectCipher } from './srtp/select-cipher.js';

/** How often it is looked whose sender report is due; the peers' seconds begin when they do, so the reports are spread. */
const REPORT_TICK_MS = 100;

export interface MediaEngineOptions {
  readonly clock: Clock;
  /** Milliseconds since 1970, with fractions where there are any; the same clock that stamps what is captured. */
  readonly wallClockMs?: () => number;
  /** Both are chosen by a self-check when left out. */
  readonly suite?: CipherSuite;
  readonly departures?: Departures;
}

/** Makes the sending side of the process. */
export function createMediaEngine(options: MediaEngineOptions): MediaEngine {
  const { clock, wallClockMs = () => performance.timeOrigin + performance.now() } = options;
  const cipher = options.suite ? { suite: options.suite, reason: undefined } : selectCipher();
  const departures = options.departures ?? selectDepartures();
  const scheduler = new SendScheduler(clock, departures);
  const nowMs = () => clock.nowMs();
  const peers = new Set<SrtpPeer>();
  const context: PeerContext = {
    suite: cipher.suite,
    departures,
    scheduler,
    nowMs,
    wallClockMs,
    random: (below) => randomInt(below),
    onClose: (peer) => void peers.delete(peer),
  };

  let stopReports: (() => void) | undefined;
  const reportTick = () => {
    const now = nowMs();
    for (const peer of peers) peer.report(now);
    departures.flush();
    stopReports = peers.size > 0 ? clock.after(REPORT_TICK_MS, reportTick) : undefined;
  };

  return {
    paths: {
      cipher: cipher.suite.name,
      send: departures.name,
      reasons: [cipher.reason, departures.reason].filter((reason) => reason !== undefined),
    },
    addPeer(peerOptions) {
      const peer = new SrtpPeer(context, peerOptions);
      peers.add(peer);
      stopReports ??= clock.after(REPORT_TICK_MS, reportTick);
      return peer;
    },
    fanout: (stream, fanoutOptions = {}) => new StreamFanout({ scheduler, nowMs, wallClockMs }, stream, fanoutOptions),
    close() {
      for (const peer of [...peers]) peer.close();
      stopReports?.();
      stopReports = undefined;
      scheduler.close();
    },
  };
}
