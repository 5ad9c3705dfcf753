import { expect, test } from 'vitest';
import {
  ALTGR_MS,
  type KeyInput,
  keyDown,
  keyUp,
  type Modifiers,
  NO_KEYS,
  type Platform,
  releaseAll,
  releaseBoth,
  releaseLost,
  settleControl,
} from '../../../client/input/keyboard.js';
import { keysymOf } from '../../../client/input/keysym.js';
import {
  FILLER,
  fieldChange,
  MAX_TYPED_CHARACTERS,
  textChange,
  typeText,
  withLineFeeds,
} from '../../../client/input/typed-text.js';

/**
 * A key as `+code key` (down) or `-code key` (up), with flags such as `ctrl`, `alt`, `meta`, `shift`, `altgr`, `composing`; a
 * code of `-` is an empty one. `is shift` tells that Shift alone is down, as a press of the mouse does.
 */
function play(script: readonly string[], platform: Platform = 'other'): string[] {
  let state = NO_KEYS;
  const sent: string[] = [];
  script.forEach((line, index) => {
    const nowMs = index * 10;
    if (line === 'settle') {
      const [next, actions] = settleControl(state, nowMs + ALTGR_MS);
      state = next;
      sent.push(...actions.map(name));
      return;
    }
    if (line.startsWith('is')) {
      const [next, actions] = releaseLost(state, modifiersOf(line.split(' ')), null);
      state = next;
      sent.push(...actions.map(name));
      return;
    }
    const [code = '', key = '', ...flags] = line.slice(1).split(' ');
    const input: KeyInput = {
      code: code === '-' ? '' : code,
      key,
      ...modifiersOf(flags),
      altGraph: flags.includes('altgr'),
      isComposing: flags.includes('composing'),
    };
    const [next, actions] = line.startsWith('+') ? keyDown(state, input, platform, nowMs) : keyUp(state, input);
    state = next;
    sent.push(...actions.map(name));
    if (line.startsWith('+')) return;
    const [left, more] = releaseBoth(state, input, input, platform);
    state = left;
    sent.push(...more.map(name));
  });
  return sent;
}

function modifiersOf(flags: readonly string[]): Modifiers {
  return {
    ctrlKey: flags.includes('ctrl'),
    altKey: flags.includes('alt'),
    metaKey: flags.includes('meta'),
    shiftKey: flags.includes('shift'),
  };
}

function name({ kind, keysym }: { readonly kind: 'down' | 'up'; readonly keysym: number }): string {
  return `${kind === 'down' ? '+' : '-'}${keysym.toString(16)}`;
}

interface Script {
  readonly rule: string;
  readonly script: string[];
  readonly sent: string[];
  readonly platform: Platform;
}

const scripts: readonly Script[] = (
  [
    ['a letter', ['+KeyA a', '-KeyA a'], ['+61', '-61']],
    [
      'a letter released after Shift still is the letter pressed',
      ['+ShiftLeft Shift', '+KeyA A', '-ShiftLeft Shift', '-KeyA a'],
      ['+ffe1', '+41', '-ffe1', '-41'],
    ],
    [
      'umlaut, Cyrillic, CJK and emoji',
      ['+Quote ä', '+KeyC с', '+KeyX 中', '+KeyY 😀'],
      ['+e4', '+1000441', '+1004e2d', '+101f600'],
    ],
    ['a shortcut on a layout without Latin letters', ['+ControlLeft Control', '+KeyC с ctrl'], ['+ffe3', '+63']],
    [
      'number pad, with and without NumLock',
      ['+Numpad1 1', '+Numpad1 End', '+NumpadEnter Enter', '+NumpadDecimal ,', '+NumpadAdd +'],
      ['+ffb1', '+ff9c', '+ff8d', '+ffac', '+ffab'],
    ],
    [
      'left and right keys differ',
      ['+ShiftRight Shift', '+ControlRight Control', '+AltRight Alt', '+MetaRight Meta'],
      ['+ffe2', '+ffe4', '+ffea', '+ffec'],
    ],
    ['dead keys and the IME are left to the browser', ['+Quote Dead', '+KeyA Process', '+KeyB b composing'], []],
    [
      'AltGr only chooses the character',
      ['+AltRight AltGraph', '+KeyQ @ altgr', '-KeyQ @', '-AltRight AltGraph'],
      ['+40', '-40'],
    ],
    [
      'Windows sends Ctrl before AltGr; it is dropped',
      [
        '+ControlLeft Control ctrl',
        '+AltRight AltGraph ctrl alt altgr',
        '+KeyQ @ ctrl alt altgr',
        '-KeyQ @',
        '-ControlLeft Control',
        '-AltRight AltGraph',
      ],
      ['+40', '-40'],
      'windows',
    ],
    [
      'a real Ctrl on Windows comes with the next key',
      ['+ControlLeft Control ctrl', '+KeyC c ctrl', '-KeyC c', '-ControlLeft Control'],
      ['+ffe3', '+63', '-63', '-ffe3'],
      'windows',
    ],
    [
      'or when it has stayed alone',
      ['+ControlLeft Control ctrl', 'settle', '-ControlLeft Control'],
      ['+ffe3', '-ffe3'],
      'windows',
    ],
    ['or when it is released', ['+ControlLeft Control ctrl', '-ControlLeft Control'], ['+ffe3', '-ffe3'], 'windows'],
    [
      'Command is Ctrl, and its keys are released at once',
      ['+MetaLeft Meta meta', '+KeyC c meta', '-MetaLeft Meta'],
      ['+ffe3', '+63', '-63', '-ffe3'],
      'mac',
    ],
    ['Option and a letter is a character', ['+AltLeft Alt alt', '+KeyL @ alt', '-KeyL @', '-AltLeft Alt'], ['+40', '-40'], 'mac'],
    [
      'Option and an arrow is Alt',
      ['+AltLeft Alt alt', '+ArrowLeft ArrowLeft alt', '-ArrowLeft ArrowLeft', '-AltLeft Alt'],
      ['+ffe9', '+ff51', '-ff51', '-ffe9'],
      'mac',
    ],
    ['a release without a press is nothing', ['-KeyA a'], []],
    [
      'both Shifts: one release is one, the other one stays down',
      ['+ShiftLeft Shift shift', '+ShiftRight Shift shift', '-ShiftLeft Shift shift', 'is shift'],
      ['+ffe1', '+ffe2', '-ffe1'],
    ],
    [
      'both Shifts on Windows, which tells the release of the last one only',
      ['+ShiftLeft Shift shift', '+ShiftRight Shift shift', '-ShiftRight Shift'],
      ['+ffe1', '+ffe2', '-ffe2', '-ffe1'],
      'windows',
    ],
    [
      'elsewhere a lost release is found out at the next press',
      ['+ShiftLeft Shift shift', '+ShiftRight Shift shift', '-ShiftRight Shift', 'is'],
      ['+ffe1', '+ffe2', '-ffe2', '-ffe1'],
    ],
    [
      'the same for both Ctrl, both Alt and both Super keys, each by itself',
      [
        ...[
          '+ControlLeft Control',
          '+ControlRight Control',
          '+AltLeft Alt',
          '+AltRight Alt',
          '+MetaLeft Meta',
          '+MetaRight Meta',
        ],
        ...['is alt meta', 'is meta', 'is'],
      ],
      ['+ffe3', '+ffe4', '+ffe9', '+ffea', '+ffeb', '+ffec', '-ffe3', '-ffe4', '-ffe9', '-ffea', '-ffeb', '-ffec'],
    ],
    [
      'Command, which is held as Ctrl, is down as long as Command is',
      ['+MetaLeft Meta meta', 'is meta', 'is'],
      ['+ffe3', '-ffe3'],
      'mac',
    ],
    [
      'Alt that became Meta with Shift is down as long as Alt is',
      ['+AltLeft Meta shift alt', 'is alt', 'is'],
      ['+ffeb', '-ffeb'],
    ],
    ['other keys are no matter of modifiers', ['+KeyA a', 'is', '-KeyA a'], ['+61', '-61']],
    [
      'a key without a place is pressed and released at once, so that it cannot repeat for ever',
      ['+- A', '+- b', '+- b', '-- a', '+- Enter'],
      ['+41', '-41', '+62', '-62', '+62', '-62', '+ff0d', '-ff0d'],
    ],
    [
      'a modifier without a place is held by its name',
      ['+- Shift shift', '+- A shift', '-- Shift', '+- Control ctrl', 'is'],
      ['+ffe1', '+41', '-41', '-ffe1', '+ffe3', '-ffe3'],
    ],
  ] as ReadonlyArray<readonly [string, string[], string[], Platform?]>
).map(([rule, script, sent, platform = 'other']) => ({ rule, script, sent, platform }));

test.each(scripts)('$rule', ({ script, sent, platform }) => {
  expect(play(script, platform)).toEqual(sent);
});

test('losing focus releases every key once', () => {
  const input = {
    code: 'KeyA',
    key: 'a',
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    altGraph: false,
    shiftKey: false,
    isComposing: false,
  };
  const [one] = keyDown(NO_KEYS, input, 'other', 0);
  const [two] = keyDown(one, { ...input, code: 'ShiftLeft', key: 'Shift' }, 'other', 1);
  const [state, actions] = releaseAll(two);
  expect(actions.map(name)).toEqual(['-61', '-ffe1']);
  expect(state).toBe(NO_KEYS);
});

test.each([
  ['F1', 'F1', 0xffbe],
  ['F24', 'F24', 0xffd5],
  ['F36', 'F36', null],
  ['Space', ' ', 0x20],
  ['KeyE', '€', 0x10020ac],
  ['Fn', 'Fn', null],
  ['MediaPlayPause', 'MediaPlayPause', 0x1008ff14],
])('the keysym of %s "%s"', (code, key, keysym) => {
  expect(keysymOf({ code, key })).toBe(keysym);
});

test('an on-screen keyboard that corrects a word erases its end and types the rest', () => {
  const pressed = (before: string, after: string) =>
    textChange(before, after).map((action) => (action.kind === 'press' ? action.keysym.toString(16) : action.text));
  expect(pressed('', 'hi')).toEqual(['68', '69']);
  expect(pressed('teh', 'the')).toEqual(['ff08', 'ff08', '68', '65']);
  expect(pressed('😀', '')).toEqual(['ff08']);
  expect(pressed('a', 'a\n')).toEqual(['ff0d']);
});

test('long text goes over the clipboard', () => {
  const text = 'x'.repeat(MAX_TYPED_CHARACTERS + 1);
  expect(typeText(text)).toEqual([{ kind: 'paste', text }]);
});

test('Backspace before anything was typed erases the filler, which is Backspace on the desktop', () => {
  const pressed = (before: string, after: string) =>
    fieldChange(before, after).map((action) => (action.kind === 'press' ? action.keysym.toString(16) : action.text));
  expect(pressed(FILLER, '')).toEqual(['ff08']);
  expect(pressed(FILLER, `${FILLER}a`)).toEqual(['61']);
  expect(pressed(`${FILLER}ab`, `${FILLER}a`)).toEqual(['ff08']);
  // The keyboard took the filler along with a word, or put a word in its place.
  expect(pressed(`${FILLER}ab`, '')).toEqual(['ff08', 'ff08']);
  expect(pressed(FILLER, 'a')).toEqual(['61']);
});

test('lines end in line feeds on the desktop', () => {
  expect(withLineFeeds('a\r\nb\rc\nd\r\n')).toBe('a\nb\nc\nd\n');
  expect(typeText('a\r\nb').map((action) => (action.kind === 'press' ? action.keysym : 0))).toEqual([0x61, 0xff0d, 0x62]);
  const long = 'a\r\n'.repeat(MAX_TYPED_CHARACTERS);
  expect(typeText(long)).toEqual([{ kind: 'paste', text: 'a\n'.repeat(MAX_TYPED_CHARACTERS) }]);
});
