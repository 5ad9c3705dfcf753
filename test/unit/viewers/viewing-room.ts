import type { BitrateRange } from '../../../server/capture/encoders/bitrate-range.js';
import type { EstimatorConfig } from '../../../server/config/config.js';
import type { Log } from '../../../server/lib/log.js';
import { err, ok } from '../../../server/lib/result.js';
import type { Viewer } from '../../../server/viewers/viewer.js';
import type { ViewerHooks } from '../../../server/viewers/viewer-handle.js';
import { type Newcomer, Viewers } from '../../../server/viewers/viewers.js';
import { DEFAULT_ESTIMATOR } from '../../support/default-estimator.js';
import { SteppedClock } from '../../support/faults/stepped-clock.js';
import { ScriptedTransport } from './scripted-transport.js';

type Ranges = Readonly<Record<string, BitrateRange>>;

/** Viewers that watch over scripted transports, what their sessions heard, and what was logged. */
export class ViewingRoom {
  readonly clock = new SteppedClock();
  readonly heard: string[] = [];
  /** The rate that every stream is measured at, bit/s. */
  measuredBps = 0;
  readonly bitrates: (readonly [streamId: string, bitrateBps: number])[] = [];
  readonly lines: (readonly [message: string, fields: object])[] = [];
  readonly viewers: Viewers;
  /** Streams that gave no picture. */
  readonly broken = new Set<string>();
  /** No transport can be opened. */
  isShut = false;

  constructor(offered: readonly string[] = ['hq', 'lq'], estimator: Partial<EstimatorConfig> = {}, ranges: Ranges = {}) {
    const keep = (fields: object, message: string) => void this.lines.push([message, fields]);
    const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
    this.viewers = new Viewers({
      streams: {
        offered,
        hidden: ['legacy'],
        isBroken: (id) => this.broken.has(id),
        bitrateBps: () => this.measuredBps,
        nominalBitrateBps: () => undefined,
        bitrateRange: (id) => ranges[id],
      },
      cursor: { image: () => undefined, position: async () => undefined, onImage: () => () => undefined },
      estimator: { ...DEFAULT_ESTIMATOR, ...estimator },
      setBitrate: (id, bitrateBps) => void this.bitrates.push([id, bitrateBps]),
      clock: this.clock,
      log,
    });
  }

  async open(sessionId: string, wishes: Partial<Newcomer> = {}) {
    return this.viewers.open(
      {
        sessionId,
        clientAddress: '192.0.2.1',
        video: {},
        audioDisabled: false,
        paused: false,
        hooks: this.hooks(sessionId),
        ...wishes,
      },
      async () => (this.isShut ? err('no port') : ok(ScriptedTransport.open)),
    );
  }

  async join(sessionId: string, wishes: Partial<Newcomer> = {}): Promise<Viewer<ScriptedTransport>> {
    const opened = await this.open(sessionId, wishes);
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  }

  /** The ends that were logged, as session and reason. */
  ends(): unknown[] {
    return this.lines.filter(([message]) => message === 'peer closed').map(([, fields]) => fields);
  }

  hooks(sessionId: string): ViewerHooks {
    const hear = (what: string) => this.heard.push(`${sessionId} ${what}`);
    return {
      onVideo: ({ id, disabled }) => hear(disabled ? 'no video' : `video ${id}`),
      onAudio: ({ disabled }) => hear(disabled ? 'no audio' : 'audio'),
      onConnected: () => hear('connected'),
      onClosed: () => hear('closed'),
      onInput: ({ kind }) => hear(`input ${kind}`),
    };
  }
}
