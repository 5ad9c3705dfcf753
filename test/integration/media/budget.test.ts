import { expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.js';
import { useMedia } from './use-media.js';
import { openViewing } from './viewing.js';
import { watchWithChromium } from './watching.js';

const media = useMedia();

const WINDOW_MS = 200;
const MEASURED_MS = 4_000;
/** About half of what the picture takes; sound takes a third of it. */
const BUDGET_BPS = 300_000;

/** The most bytes that left within any window. */
function fullest(left: readonly { readonly atMs: number; readonly bytes: number }[]): number {
  let [most, sum, first] = [0, 0, 0];
  for (const { atMs, bytes } of left) {
    sum += bytes;
    while (left[first]!.atMs <= atMs - WINDOW_MS) sum -= left[first++]!.bytes;
    most = Math.max(most, sum);
  }
  return most;
}

test('EG1, EG5 Chromium is sent no more than the budget, still sees whole frames, and all of them once there is none', async () => {
  const left: { readonly atMs: number; readonly bytes: number }[] = [];
  const note = (bytes: number) => void left.push({ atMs: performance.now(), bytes });
  const viewing = await openViewing({
    path: 'fast',
    transport: 'udp',
    profile: 'AEAD_AES_128_GCM',
    loss: 0,
    sources: media().sources,
    left: note,
  });
  const { stats, close } = await watchWithChromium(media().browser, viewing);
  try {
    await waitFor('a picture', async () => Number((await stats()).framesDecoded) > 20);
    const [sender] = viewing.senders;
    sender!.setBudget(BUDGET_BPS);
    left.length = 0;
    const startMs = performance.now();
    const before = Number((await stats()).framesDecoded);
    await waitFor('the time of measurement', () => performance.now() > startMs + MEASURED_MS);
    const bytes = left.reduce((sum, each) => sum + each.bytes, 0);
    const seconds = (performance.now() - startMs) / 1_000;
    expect((bytes * 8) / seconds).toBeGreaterThan(BUDGET_BPS / 2);
    expect((bytes * 8) / seconds).toBeLessThan(BUDGET_BPS * 1.1);
    // A process that gets no time for a moment notes late what it sent.
    expect(fullest(left)).toBeLessThan((BUDGET_BPS / 40) * 1.5);
    expect(viewing.tracks.find(({ kind }) => kind === 'video')!.stats.framesOverBudget).toBeGreaterThan(10);
    const narrow = Number((await stats()).framesDecoded);
    expect(narrow).toBeGreaterThan(before);
    sender!.setBudget(undefined);
    await waitFor('all frames again', async () => Number((await stats()).framesPerSecond) >= 20);
  } finally {
    await close();
    await viewing.close();
  }
});
