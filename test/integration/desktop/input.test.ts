import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Desktop } from '../../../server/desktop/desktop.js';
import { keysymOfCodePoint } from '../../../server/desktop/keyboard/keysym.js';
import { waitFor } from '../../support/wait-for.js';
import { XClient } from '../../support/x/x-client.js';
import { openTestDesktop, type TestDesktop } from './desktop-fixture.js';

const SHIFT = 0xffe1;
const CONTROL = 0xffe3;
const CAPS_LOCK = 0xffe5;
const ALT_GR = 0xfe03;
const RETURN = 0xff0d;

let opened: TestDesktop;
let desktop: Desktop;
let app: XClient;

beforeAll(async () => {
  opened = await openTestDesktop({ width: 1280, height: 720, rate: 30 });
  desktop = opened.desktop;
});
afterAll(() => opened?.close());
beforeEach(async () => {
  app = await XClient.open(opened.display, { x: 100, y: 100, width: 800, height: 500 });
  desktop.input.move(300, 300);
  await waitFor('the pointer over the window', async () => (await app.pointer()).x === 300);
  await app.sync();
  app.inputs.length = 0;
});
afterEach(() => {
  desktop.input.releaseAll();
  app.close();
});

/** Types as clients do: a key down and up per character, Shift not held. */
function type(text: string): void {
  for (const character of text) {
    const keysym = keysymOfCodePoint(character.codePointAt(0)!);
    desktop.input.keyDown(keysym);
    desktop.input.keyUp(keysym);
  }
}

/** Waits until as many key and button events came in, then compares. */
async function seen(expected: readonly string[]): Promise<void> {
  await waitFor('the input events', async () => {
    await app.sync();
    return app.keysAndButtons().length >= expected.length;
  }).catch(() => undefined);
  expect(app.keysAndButtons()).toEqual(expected);
}

test.each([
  ['ASCII', 'The quick brown fox; 0123456789 (jumps) {over} <the> "lazy" dog\'s #back! ~^`@$%&*_+=|\\?/'],
  ['umlauts', 'äöüÄÖÜß éèêñ ÀÿŸ µ'],
  ['Cyrillic and Greek', 'Съешь ещё этих мягких булок ΑΒΓαβγ'],
  ['CJK', '漢字かな交じり文、中文输入한국어'],
  ['emoji', '😀🎉🚀🧪'],
])('typed text arrives: %s', async (_name, text) => {
  type(text);
  await waitFor('the whole text', async () => {
    await app.sync();
    return [...app.typed()].length >= [...text].length;
  }).catch(() => undefined);
  expect(app.typed()).toBe(text);
});

test('more different characters than there are spare keys arrive, in one breath', async () => {
  const text = Array.from({ length: 100 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
  type(text);
  await waitFor('the whole text', async () => {
    await app.sync();
    return app.typed().length >= text.length;
  }).catch(() => undefined);
  expect(app.typed()).toBe(text);
});

test('a letter after Shift in the same breath is looked up with Shift', async () => {
  desktop.input.keyDown(SHIFT);
  type('A!Ä');
  desktop.input.keyUp(SHIFT);
  type('a');
  await seen(['+0xffe1', '+A', '-A', '+!', '-!', '+Ä', '-Ä', '-0xffe1', '+a', '-a']);
});

test('Caps Lock pressed by the viewer: letters arrive as they are sent', async () => {
  type('a');
  desktop.input.keyDown(CAPS_LOCK);
  desktop.input.keyUp(CAPS_LOCK);
  type('AÄ');
  desktop.input.keyDown(CAPS_LOCK);
  desktop.input.keyUp(CAPS_LOCK);
  type('aä');
  await seen(['+a', '-a', '+0xffe5', '-0xffe5', '+A', '-A', '+Ä', '-Ä', '+0xffe5', '-0xffe5', '+a', '-a', '+ä', '-ä']);
});

test('a key that is down twice is pressed once, and an up of one not held is nothing', async () => {
  desktop.input.keyUp(0x61);
  desktop.input.keyDown(0x61);
  desktop.input.keyDown(0x61);
  desktop.input.keyUp(0x61);
  desktop.input.keyPress([0x78]);
  desktop.input.keyPress([0]);
  desktop.input.buttonPress(0);
  desktop.input.buttonDown(1);
  desktop.input.buttonDown(1);
  desktop.input.buttonUp(1);
  desktop.input.buttonUp(1);
  await seen(['+a', '-a', '+x', '-x', '+button1', '-button1']);
});

test('the keycode of the release is that of the press, whatever the modifiers are by then', async () => {
  desktop.input.keyDown(0x61);
  desktop.input.keyDown(SHIFT);
  desktop.input.keyUp(0x61);
  desktop.input.keyUp(SHIFT);
  await waitFor('four events', async () => {
    await app.sync();
    return app.inputs.length >= 4;
  });
  const codes = app.inputs.map((input) => ('keycode' in input ? input.keycode : 0));
  expect(codes[2]).toBe(codes[0]);
});

test('a combination holds all its keys, comes after the release of everything held, and later input comes after it', async () => {
  desktop.input.keyDown(0x62);
  desktop.input.keyPress([CONTROL, 0x76]);
  desktop.input.keyPress([0x61]);
  await seen(['+b', '-b', '+0xffe3', '+v', '-v', '-0xffe3', '+a', '-a']);
  const v = app.inputs.find((input) => input.kind === 'key-down' && input.keysym === 0x76);
  expect(v && 'state' in v && v.state & 4).toBe(4);
});

test('a button press lets go of everything held first', async () => {
  desktop.input.keyDown(0x61);
  desktop.input.buttonPress(2);
  await seen(['+a', '-a', '+button2', '-button2']);
});

test('releaseAll lets go of keys and buttons', async () => {
  desktop.input.keyDown(0x61);
  desktop.input.buttonDown(3);
  desktop.input.releaseAll();
  await seen(['+a', '+button3', '-button3', '-a']);
});

test.each([
  ['up', 0, 2, ['+button4', '-button4', '+button4', '-button4']],
  ['down', 0, -1, ['+button5', '-button5']],
  ['button 6', 1, 0, ['+button6', '-button6']],
  ['button 7', -1, 0, ['+button7', '-button7']],
  ['vertical first', 1, 1, ['+button4', '-button4', '+button6', '-button6']],
] as const)('wheel: %s', async (_name, dx, dy, expected) => {
  desktop.input.scroll(dx, dy, false);
  await seen(expected);
});

test('a wheel message is capped, so that it cannot make the desktop deaf', async () => {
  desktop.input.scroll(0, -32_768, false);
  type('a');
  await waitFor('the key after the wheel', async () => {
    await app.sync();
    return app.keysAndButtons().includes('-a');
  });
  expect(app.keysAndButtons().filter((event) => event === '+button5').length).toBe(100);
});

test('wheel with Control: in the state of the clicks, without a key event, and off afterwards', async () => {
  desktop.input.scroll(0, 1, true);
  desktop.input.scroll(0, 1, false);
  await seen(['+button4', '-button4', '+button4', '-button4']);
  expect(app.inputs.map((input) => ('state' in input ? input.state & 4 : 0))).toEqual([4, 4, 0, 0]);
});

test.each([
  [0, 0, 0, 0],
  [17, 23, 17, 23],
  [1279, 719, 1279, 719],
  [5000, -7, 1279, 0],
  [-30000, 65535, 0, 719],
])('a move to %i,%i ends at %i,%i', async (x, y, atX, atY) => {
  desktop.input.move(x, y);
  await waitFor('the pointer', async () => {
    const at = await app.pointer();
    return at.x === atX && at.y === atY;
  });
  expect(await desktop.cursor.position()).toEqual({ x: atX, y: atY });
});

test('clicks happen where the pointer was moved in the same breath', async () => {
  desktop.input.move(401, 302);
  desktop.input.buttonDown(1);
  desktop.input.move(411, 312);
  desktop.input.buttonUp(1);
  await seen(['+button1', '-button1']);
  expect(app.inputs.filter((input) => 'button' in input)).toMatchObject([
    { x: 401, y: 302 },
    { x: 411, y: 312 },
  ]);
});

test('modifiers are locked and unlocked one by one, and show in the state of later events', async () => {
  for (const [name, bit] of [
    ['shift', 1],
    ['capslock', 2],
    ['control', 4],
    ['alt', 8],
    ['numlock', 16],
    ['super', 64],
    ['altgr', 128],
  ] as const) {
    app.inputs.length = 0;
    expect(await desktop.keyboard.setModifiers({ [name]: true })).toEqual({ ok: true, value: undefined });
    expect(await desktop.keyboard.modifiers()).toMatchObject({ ok: true, value: { [name]: true } });
    desktop.input.keyPress([RETURN]);
    await desktop.keyboard.setModifiers({ [name]: false, meta: null });
    desktop.input.keyPress([RETURN]);
    await seen(['+0xff0d', '-0xff0d', '+0xff0d', '-0xff0d']);
    const states = app.inputs.map((input) => ('state' in input ? input.state & bit : 0));
    expect(states, name).toEqual([bit, bit, 0, 0]);
  }
});

test('a layout is set and told; text typed after it arrives, by its own keys where it has them', async () => {
  expect(await desktop.keyboard.setMap({ layout: 'de', variant: 'nodeadkeys' })).toEqual({ ok: true, value: undefined });
  expect(await desktop.keyboard.map()).toEqual({ ok: true, value: { layout: 'de', variant: 'nodeadkeys' } });
  type('zyäöü中');
  desktop.input.keyDown(ALT_GR);
  type('@');
  desktop.input.keyUp(ALT_GR);
  await waitFor('the text', async () => {
    await app.sync();
    return app.inputs.filter((input) => input.kind === 'key-up').length >= 8;
  });
  expect(app.typed().slice(0, 6)).toBe('zyäöü中');
  // The German layout has @ on the third level of q.
  expect(app.inputs.filter((input) => input.kind === 'key-down').at(-1)).toMatchObject({ keycode: 24 });
  expect(await desktop.keyboard.setMap({ layout: 'us', variant: '' })).toEqual({ ok: true, value: undefined });
  expect(await desktop.keyboard.map()).toEqual({ ok: true, value: { layout: 'us', variant: '' } });
  app.inputs.length = 0;
  type('zyä');
  await seen(['+z', '-z', '+y', '-y', '+ä', '-ä']);
});

test('keys are numbered as the kernel does: browsers tell the arrow keys by it', async () => {
  desktop.input.keyPress([0xff51]);
  await seen(['+0xff51', '-0xff51']);
  expect(app.inputs[0]).toMatchObject({ keycode: 113 });
});

test('an unknown layout is an error and leaves the present one', async () => {
  expect((await desktop.keyboard.setMap({ layout: 'no-such-layout', variant: '' })).ok).toBe(false);
  expect((await desktop.keyboard.setMap({ layout: '-print; x', variant: '' })).ok).toBe(false);
  expect(await desktop.keyboard.map()).toEqual({ ok: true, value: { layout: 'us', variant: '' } });
});
