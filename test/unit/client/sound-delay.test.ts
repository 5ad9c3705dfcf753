import { describe, expect, test } from 'vitest';
import { readSoundCounters, SoundDelay } from '../../../client/connection/media/sound-delay.js';

/** A page's counters after `seconds` of sound that waited `delayMs`; `level` is the mean square of what was played. */
class Page {
  #samples = 0;
  #delaySeconds = 0;
  #energy = 0;

  after(seconds: number, delayMs: number, level = 0.01) {
    this.#samples += seconds * 48_000;
    this.#delaySeconds += (seconds * 48_000 * delayMs) / 1000;
    this.#energy += seconds * level;
    return { delaySeconds: this.#delaySeconds, samples: this.#samples, energy: this.#energy };
  }
}

describe('what the server is told of how long sound waits', () => {
  test('the mean since the last reading, from the second one on', () => {
    const [page, delay] = [new Page(), new SoundDelay()];
    expect(delay.read(page.after(2, 30))).toBeNull();
    expect(delay.read(page.after(2, 30))).toBe(30);
    expect(delay.read(page.after(2, 120))).toBe(120);
  });

  test('silence counts after two readings, is told once, and ends with the first sound', () => {
    const [page, delay] = [new Page(), new SoundDelay()];
    delay.read(page.after(2, 50));
    expect(delay.read(page.after(2, 50))).toBe(50);
    expect([1, 2, 3].map(() => delay.read(page.after(2, 50, 0)))).toEqual([50, 0, null]);
    expect(delay.read(page.after(2, 50))).toBe(50);
  });

  test('a page that was never heard says nothing; one that is switched off says so once', () => {
    const [page, delay] = [new Page(), new SoundDelay()];
    expect(delay.mute()).toBeNull();
    delay.read(page.after(2, 50));
    delay.read(page.after(2, 50));
    expect([delay.mute(), delay.mute()]).toEqual([0, null]);
  });

  test('another peer begins at nothing again', () => {
    const delay = new SoundDelay();
    delay.read(new Page().after(9, 50));
    const page = new Page();
    expect(delay.read(page.after(2, 80))).toBeNull();
    expect(delay.read(page.after(2, 80))).toBe(80);
  });

  test('a browser without these counters', () => {
    expect(readSoundCounters([{ type: 'inbound-rtp', kind: 'audio', jitterBufferDelay: 1 }])).toBeNull();
    expect(readSoundCounters([])).toBeNull();
    const counters = { jitterBufferDelay: 1, jitterBufferEmittedCount: 2, totalAudioEnergy: 3 };
    const video = { type: 'inbound-rtp', kind: 'video', jitterBufferDelay: 9 };
    expect(readSoundCounters([video, { type: 'inbound-rtp', kind: 'audio', ...counters }])).toEqual({
      delaySeconds: 1,
      samples: 2,
      energy: 3,
    });
  });
});
