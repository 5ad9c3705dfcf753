import { expect, test } from 'vitest';
import { BEATING, type HeartbeatInput, SILENT_AFTER_TICKS, stepHeartbeat } from '../../../server/desktop/heartbeat.js';

/** The effects of a series of inputs, by the place of the input that had them. */
function effectsOf(inputs: readonly HeartbeatInput[]): Record<number, string> {
  let heartbeat = BEATING;
  const effects: Record<number, string> = {};
  for (const [place, input] of inputs.entries()) {
    const [next, effect] = stepHeartbeat(heartbeat, input);
    heartbeat = next;
    if (effect !== undefined) effects[place] = effect;
  }
  return effects;
}

const ticks = (count: number): HeartbeatInput[] => Array.from({ length: count }, () => 'tick');

test('a server that answers is asked at every second tick at most, and nothing else happens', () => {
  expect(effectsOf(['tick', 'answer', 'tick', 'tick', 'answer', 'tick'])).toEqual({ 0: 'ask', 2: 'ask', 5: 'ask' });
});

test('a server falls silent once, and answers again once, however late', () => {
  const inputs: HeartbeatInput[] = [...ticks(1 + SILENT_AFTER_TICKS), ...ticks(50), 'answer', 'tick', 'answer'];
  expect(effectsOf(inputs)).toEqual({
    0: 'ask',
    [SILENT_AFTER_TICKS]: 'fell-silent',
    [SILENT_AFTER_TICKS + 51]: 'answers-again',
    [SILENT_AFTER_TICKS + 52]: 'ask',
  });
});

test('an answer just in time counts', () => {
  expect(effectsOf([...ticks(SILENT_AFTER_TICKS), 'answer', 'tick'])).toEqual({ 0: 'ask', [SILENT_AFTER_TICKS + 1]: 'ask' });
});
