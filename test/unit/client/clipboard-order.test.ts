import { expect, test } from 'vitest';
import { copiedHere, copiedThere, leftPage, NOTHING_COPIED, seenHere } from '../../../client/input/clipboard-order.js';

/** `there x` the desktop copies, `written x` and the browser lets us write it, `here` this page copies, `leave`, `paste x`. */
function play(...script: readonly string[]): string[] {
  let order = NOTHING_COPIED;
  const pasted: string[] = [];
  for (const line of script) {
    const [what, text = ''] = line.split(' ');
    if (what === 'there') order = copiedThere(order, text, false);
    if (what === 'written') order = copiedThere(order, text, true);
    if (what === 'here') order = copiedHere();
    if (what === 'leave') order = leftPage(order);
    if (what !== 'paste') continue;
    const [next, newest] = seenHere(order, text);
    order = next;
    pasted.push(newest);
  }
  return pasted;
}

test.each<readonly [string, string[], string[]]>([
  ['nothing was copied there', ['paste old', 'leave', 'paste new'], ['old', 'new']],
  ['the desktop copied, and nobody left the page since', ['there desk', 'paste old'], ['desk']],
  ['once more', ['there desk', 'paste old', 'paste old', 'there desk2', 'paste old'], ['desk', 'desk', 'desk2']],
  ['away and back, with the same text as before', ['paste old', 'there desk', 'leave', 'paste old'], ['old', 'desk']],
  ['the same, seen only after the desktop copied', ['there desk', 'paste old', 'leave', 'paste old'], ['desk', 'desk']],
  ['away and back with another text', ['paste old', 'there desk', 'leave', 'paste new', 'paste new'], ['old', 'new', 'new']],
  ['copied in this page since', ['there desk', 'here', 'paste new'], ['new']],
  ['the desktop copied after that', ['there desk', 'leave', 'paste new', 'there desk2', 'paste new'], ['new', 'desk2']],
  ['the browser let us write it here', ['written desk', 'paste desk', 'leave', 'paste new'], ['desk', 'new']],
])('the newer clipboard is pasted: %s', (_what, script, expected) => {
  expect(play(...script)).toEqual(expected);
});
