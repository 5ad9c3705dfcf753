import { afterEach, expect, test } from 'vitest';
import { type Desktop, openDesktop } from '../../../server/desktop/desktop.js';
import { whileFrozen } from '../../support/faults/frozen.js';
import { silentLog } from '../../support/silent-log.js';
import { waitFor } from '../../support/wait-for.js';
import { XClient } from '../../support/x/x-client.js';
import { startXServer, type XServer } from '../../support/x/x-server.js';

const SCREEN = { width: 960, height: 720, rate: 30 };
let server: XServer | undefined;
let desktop: Desktop | undefined;

afterEach(async () => {
  desktop?.close();
  await server?.stop();
});

function open(display: string) {
  return openDesktop({ display, screen: SCREEN, unminimize: true, log: silentLog });
}

test.each([
  ['nothing there', ':4199', 'cannot connect to the X display :4199'],
  ['not a display', 'screen', '"screen" is not an X display (such as :99)'],
  ['nothing', '', '"" is not an X display (such as :99)'],
])('a display that cannot be reached is a clear error: %s', async (_name, display, message) => {
  const opened = await open(display);
  expect(opened.ok ? '' : opened.error).toContain(message);
});

test('the X server is killed and comes back: nothing throws meanwhile, then screen, keys and clipboard work again', async () => {
  server = await startXServer({ first: 30 });
  const opened = await open(server.display);
  if (!opened.ok) throw new Error(opened.error);
  const live = opened.value;
  desktop = live;
  const events: string[] = [];
  live.events.on('lost', () => events.push('lost'));
  live.events.on('connected', () => events.push('connected'));
  await live.screen.set({ width: 1280, height: 720, rate: 25 });

  live.input.keyDown(0x61);
  const reading = live.clipboard.read();
  await server.kill();
  expect((await reading).ok).toBe(false);
  await waitFor('the loss to be noticed', () => events.length > 0);
  live.input.move(1, 1);
  live.input.keyDown(0x61);
  live.input.keyPress([0x61, 0x62]);
  live.input.scroll(0, 1, true);
  live.input.buttonPress(1);
  live.input.releaseAll();
  for (const refused of [
    live.screen.set(SCREEN),
    live.clipboard.read(),
    live.clipboard.image(),
    live.clipboard.write({ text: 'x' }),
    live.keyboard.map(),
    live.keyboard.setMap({ layout: 'us', variant: '' }),
    live.keyboard.modifiers(),
    live.keyboard.setModifiers({ shift: true }),
  ])
    expect(await refused).toEqual({ ok: false, error: 'the X server is gone; trying to reach it again' });
  expect(live.screen.current()).toEqual({ width: 1280, height: 720, rate: 25 });
  await live.cursor.position();

  server = await startXServer({ exactly: Number(server.display.slice(1)) });
  await waitFor('the desktop to be back', () => events.includes('connected'));
  expect(events).toEqual(['lost', 'connected']);
  expect(live.screen.current()).toEqual({ width: 1280, height: 720, rate: 25 });
  const app = await XClient.open(server.display);
  live.input.keyPress([0x61]);
  live.input.keyPress([0x010020ac]);
  await waitFor('keys to arrive', async () => {
    await app.sync();
    return app.typed() === 'a€';
  });
  app.close();
  expect((await live.clipboard.write({ text: 'again' })).ok).toBe(true);
});

test('closing lets go of what is held', async () => {
  server = await startXServer({ first: 30 });
  const opened = await open(server.display);
  if (!opened.ok) throw new Error(opened.error);
  const app = await XClient.open(server.display);
  opened.value.input.keyDown(0xffe1);
  await waitFor('Shift', async () => ((await app.state()) & 1) === 1);
  opened.value.close();
  opened.value.close();
  await waitFor('Shift to be let go', async () => ((await app.state()) & 1) === 0);
  app.close();
});

test('a window that asks to be minimized is brought back', async () => {
  server = await startXServer({ first: 30 });
  const opened = await open(server.display);
  if (!opened.ok) throw new Error(opened.error);
  desktop = opened.value;
  const app = await XClient.open(server.display);
  const before = app.exposures;
  await app.askToMinimize();
  await waitFor('the window to be shown again', () => app.exposures > before);
  app.close();
});

test('an X server that is stopped is reported, nothing waits longer than 5 s for it, and all works once it goes on', async () => {
  server = await startXServer({ first: 30 });
  const opened = await open(server.display);
  if (!opened.ok) throw new Error(opened.error);
  const live = opened.value;
  desktop = live;
  live.input.keyDown(0x61);
  await whileFrozen(server.pid, async () => {
    const frozenAt = performance.now();
    const asked = [
      live.screen.set({ width: 1280, height: 720, rate: 25 }),
      live.clipboard.read(),
      live.clipboard.image(),
      live.clipboard.write({ text: 'x' }),
      live.keyboard.map(),
      live.keyboard.setMap({ layout: 'de', variant: '' }),
    ];
    for (const answer of asked) expect((await answer).ok).toBe(false);
    expect(performance.now() - frozenAt).toBeLessThan(5_000);
    await waitFor('the report', () => live.problem === 'the X server does not answer; waiting for it to go on', 5_000);
    live.input.move(1, 1);
    const later = performance.now();
    expect((await live.clipboard.read()).ok).toBe(false);
    expect(performance.now() - later).toBeLessThan(1_000);
  });
  await waitFor('the desktop to be back', () => live.problem === undefined);
  expect(await live.clipboard.write({ text: 'back' })).toEqual({ ok: true, value: undefined });
  expect(await live.screen.set(SCREEN)).toMatchObject({ ok: true });
});
