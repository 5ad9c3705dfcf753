import { expect, test } from 'vitest';
import type { WorkerReport } from '../../../server/capture/messages.js';
import { STABLE_MS } from '../../../server/capture/supervisor/restart-policy.js';
import { supervise } from '../../../server/capture/supervisor/supervise.js';
import { nextTickMs, openSupervision, type Supervision, statusOf } from '../../../server/capture/supervisor/supervision.js';
import type { SupervisorEffect, SupervisorEvent } from '../../../server/capture/supervisor/supervisor-step.js';
import { STILL_TICKS, type ThreadSample, WATCH_TICK_MS } from '../../../server/capture/supervisor/worker-watch.js';
import { BEAT_MS } from '../../../server/lib/beat.js';

const READY: WorkerReport = { kind: 'ready', gstreamer: 'GStreamer 1.22', elements: [], baseNs: '1' };
const SCREEN: WorkerReport = { kind: 'screen', width: 800, height: 600 };
const STOPPED: ThreadSample = { state: 'T', usedMs: 10 };

/** The supervisor on stepped time: what a worker, its jobs and the shell would say is said by the test. */
class Stage {
  state: Supervision = openSupervision(0);
  nowMs = 0;
  /** What the shell was told since last asked, logs left out. */
  #effects: SupervisorEffect[] = [];
  readonly logged: string[] = [];

  /** The shell's part: an order is described and sent at once, as `text`, unless a test says otherwise. */
  text: string | { readonly reason: string; readonly lasting: boolean } = 'one';
  sample: ThreadSample | undefined = { state: 'S', usedMs: 0 };

  event(event: SupervisorEvent): this {
    const { state, effects } = supervise(this.state, event, this.nowMs);
    this.state = state;
    for (const effect of effects) {
      if (effect.kind === 'log') this.logged.push(`${effect.level} ${effect.text}`);
      else this.#effects.push(effect);
      if (effect.kind === 'order') {
        const { id, run } = effect;
        if (typeof this.text === 'string') this.event({ kind: 'sent', id, run, text: this.text });
        else this.event({ kind: 'not-sent', id, run, ...this.text });
      }
    }
    return this;
  }

  report(report: WorkerReport): this {
    return this.event({ kind: 'reported', report });
  }

  /** Lets time pass; ticks come when they are due. */
  pass(ms: number): this {
    const untilMs = this.nowMs + ms;
    for (let at = nextTickMs(this.state); at !== undefined && at <= untilMs; at = nextTickMs(this.state)) {
      this.nowMs = Math.max(this.nowMs, at);
      this.event({ kind: 'tick', sample: this.sample });
    }
    this.nowMs = untilMs;
    return this;
  }

  /** A worker that is up, with its screen. */
  ready(): this {
    return this.pass(0).report(READY).report(SCREEN);
  }

  take(): SupervisorEffect[] {
    return this.#effects.splice(0);
  }

  kinds(): string[] {
    return this.take().map((effect) => (effect.kind === 'tell' ? `tell ${effect.command.kind}` : effect.kind));
  }

  run(id: string): number {
    const state = this.state.jobs.get(id)?.state;
    return state?.kind === 'sent' ? state.run : 0;
  }
}

test('W1 the worker starts with the server, and is healthy once it is ready and has a screen', () => {
  const stage = new Stage().pass(0);
  expect(stage.kinds()).toEqual(['start-worker']);
  expect(statusOf(stage.state)).toEqual({ kind: 'starting' });
  stage.report(READY);
  expect(statusOf(stage.state)).toEqual({ kind: 'starting' });
  stage.report(SCREEN);
  expect(stage.kinds()).toEqual(['check-all', 'screen']);
  expect(statusOf(stage.state)).toEqual({ kind: 'healthy' });
});

test('W2 a worker that ends is replaced at once, one that ends again and again after waits that grow, and jobs come back', () => {
  const stage = new Stage().event({ kind: 'wanted', id: 'main' }).ready();
  expect(stage.kinds()).toEqual(['start-worker', 'order', 'check-all', 'screen']);
  const waits: number[] = [];
  for (let end = 0; end < 4; end++) {
    stage.event({ kind: 'worker-ended', reason: 'it ended by SIGSEGV' });
    const fromMs = stage.nowMs;
    const { worker } = stage.state;
    waits.push(worker.kind === 'gone' ? worker.againAtMs - fromMs : -1);
    stage.pass(waits.at(-1) ?? 0);
    expect(stage.kinds()).toEqual(['cut', 'start-worker']);
    stage.report(READY);
    expect(stage.kinds()).toEqual(['order']);
    expect(stage.state.problems.has('worker')).toBe(false);
  }
  expect(waits).toEqual([0, 500, 1_000, 2_000]);
  stage.pass(STABLE_MS);
  stage.event({ kind: 'worker-ended', reason: 'it ended by SIGSEGV' });
  expect(nextTickMs(stage.state)).toBe(stage.nowMs);
});

test('W3 what a worker said before it went explains its end better than the end does', () => {
  const stage = new Stage().pass(0).report({ kind: 'unusable', reason: 'no GStreamer' });
  stage.event({ kind: 'worker-ended', reason: 'it ended by code 3' });
  expect(statusOf(stage.state)).toEqual({ kind: 'degraded', problems: [{ about: 'worker', reason: 'no GStreamer' }] });
});

test('W4 a worker that answers is asked once a beat', () => {
  const stage = new Stage().ready();
  stage.take();
  for (let beat = 0; beat < 5; beat++) {
    stage.pass(BEAT_MS).report({ kind: 'alive' });
    expect(stage.kinds()).toEqual(['tell ping']);
  }
});

test('W5 a worker that hangs is killed within 5 s, then replaced as one that died, and its jobs come back', () => {
  const stage = new Stage().event({ kind: 'wanted', id: 'main' }).ready();
  stage.pass(BEAT_MS).report({ kind: 'alive' });
  stage.take();
  stage.sample = STOPPED;
  const hungAtMs = stage.nowMs;
  stage.pass(BEAT_MS + STILL_TICKS * WATCH_TICK_MS);
  expect(stage.nowMs - hungAtMs).toBeLessThan(5_000);
  expect(stage.kinds()).toEqual(['tell ping', 'kill-worker']);
  expect(nextTickMs(stage.state)).toBeUndefined();
  stage.event({ kind: 'worker-ended', reason: 'it ended by SIGKILL' }).pass(0);
  expect(statusOf(stage.state)).toMatchObject({
    problems: [{ reason: expect.stringMatching(/it hung and was killed: it was stopped/) }],
  });
  stage.report(READY);
  expect(stage.kinds()).toEqual(['cut', 'start-worker', 'order']);
});

test('W6 a worker that says itself that a pipeline of it hangs is killed as well', () => {
  const stage = new Stage().ready();
  stage.take();
  stage.report({ kind: 'hung', reason: 'the pipeline of main does not move' });
  expect(stage.kinds()).toEqual(['kill-worker']);
});

test('W7 once closed nothing is started, told or waited for', () => {
  const stage = new Stage().event({ kind: 'wanted', id: 'main' }).ready().event({ kind: 'closed' });
  stage.take();
  stage.event({ kind: 'worker-ended', reason: 'it ended by SIGKILL' }).event({ kind: 'wanted', id: 'lq' }).pass(60_000);
  expect(stage.kinds()).toEqual([]);
  expect(statusOf(stage.state)).toEqual({ kind: 'closed' });
});

test('J1 a job runs while it is wanted: at once where the worker is ready, else as soon as it is', () => {
  const stage = new Stage().pass(0).event({ kind: 'wanted', id: 'early' });
  expect(stage.kinds()).toEqual(['start-worker']);
  stage.report(READY);
  expect(stage.kinds()).toEqual(['order', 'check-all']);
  stage.event({ kind: 'wanted', id: 'late' });
  expect(stage.kinds()).toEqual(['order']);
  stage.event({ kind: 'unwanted', id: 'late' });
  expect(stage.take()).toEqual([
    { kind: 'tell', command: { kind: 'stop', id: 'late' } },
    { kind: 'cut', id: 'late' },
  ]);
});

test.each([
  ['failed', { kind: 'failed', reason: 'no such device' }, 'no such device'],
  ['came to its end', { kind: 'ended' }, 'the pipeline came to its end'],
] as const)(
  'J2 a wanted job that %s starts again, at once the first time, then after waits that grow',
  (_what, report, reason) => {
    const stage = new Stage().ready().event({ kind: 'wanted', id: 'main' });
    stage.take();
    const waits: number[] = [];
    for (let end = 0; end < 4; end++) {
      stage.report({ ...report, id: 'main', run: stage.run('main') });
      expect(statusOf(stage.state)).toEqual({
        kind: 'degraded',
        problems: [{ about: 'main', reason: `stream main: ${reason}` }],
      });
      const state = stage.state.jobs.get('main')?.state;
      waits.push(state?.kind === 'failed' ? state.againAtMs - stage.nowMs : -1);
      stage.pass(waits.at(-1) ?? 0).report({ kind: 'alive' });
      expect(stage.take().filter(({ kind }) => kind !== 'tell')).toMatchObject([
        { kind: 'cut' },
        { kind: 'job-failed', reason },
        { kind: 'order' },
      ]);
    }
    expect(waits).toEqual([0, 500, 1_000, 2_000]);
    expect(stage.logged.filter((line) => line.startsWith('warn'))).toEqual(['warn stream failed']);
    stage.report({ kind: 'started', id: 'main', run: stage.run('main') });
    expect(statusOf(stage.state)).toEqual({ kind: 'healthy' });
  },
);

test('J3 what is said of an earlier run of a job means nothing', () => {
  const stage = new Stage().ready().event({ kind: 'wanted', id: 'main' });
  const run = stage.run('main');
  stage.event({ kind: 'unwanted', id: 'main' }).event({ kind: 'wanted', id: 'main' });
  stage.take();
  stage.report({ kind: 'failed', id: 'main', run, reason: 'late news' }).report({ kind: 'ended', id: 'main', run });
  expect(stage.kinds()).toEqual([]);
  expect(statusOf(stage.state)).toEqual({ kind: 'healthy' });
});

test('J4 a running job whose text is another now starts anew; one whose text is the same runs on', () => {
  const stage = new Stage().ready().event({ kind: 'wanted', id: 'main' });
  stage.take();
  stage.event({ kind: 'described', id: 'main', text: 'one' });
  expect(stage.kinds()).toEqual([]);
  stage.text = 'two';
  stage.event({ kind: 'described', id: 'main', text: 'two' });
  expect(stage.kinds()).toEqual(['order']);
});

test('J5 a job that cannot be described waits for another description; one for which no pipe was left is tried again', () => {
  const stage = new Stage().ready();
  stage.text = { reason: 'fps must be above 0', lasting: true };
  stage.event({ kind: 'wanted', id: 'bad' });
  expect(statusOf(stage.state)).toEqual({ kind: 'degraded', problems: [{ about: 'bad', reason: 'fps must be above 0' }] });
  stage.event({ kind: 'unwanted', id: 'bad' });
  stage.text = { reason: 'no pipe for it', lasting: false };
  stage.event({ kind: 'wanted', id: 'main' });
  stage.take();
  stage.text = 'one';
  stage.pass(0);
  expect(stage.kinds()).toEqual(['order']);
});

test('J6 keyframes, pictures and settings are passed on to a job that runs, input while any does', () => {
  const stage = new Stage().ready().event({ kind: 'user-input' }).event({ kind: 'keyframe-wanted', id: 'main' });
  stage.take();
  stage.event({ kind: 'wanted', id: 'main' });
  stage.take();
  const settings = [{ element: 'vp8enc', property: 'target-bitrate', value: '500000' }];
  stage
    .event({ kind: 'keyframe-wanted', id: 'main' })
    .event({ kind: 'picture-wanted', id: 'main' })
    .event({ kind: 'settings-wanted', id: 'main', settings })
    .event({ kind: 'user-input' })
    .event({ kind: 'keyframe-wanted', id: 'other' });
  expect(stage.kinds()).toEqual(['tell keyframe', 'tell picture', 'tell set', 'tell input']);
});
