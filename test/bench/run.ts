import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/browsers/chromium.js';
import { freePort } from '../support/free-port.mjs';
import { startProduct } from '../support/servers/product.js';
import { run as runFanout, type Transport } from './fanout.js';
import { fanoutPicture } from './fanout-picture.js';
import { measureJoins } from './join.js';
import { measureLatency } from './latency.js';
import { measureLoad } from './load.js';
import { measureRungs } from './rungs.js';
import { soak } from './soak.js';

// npm run bench [-- latency|join|load|fanout|rungs|soak …] [--samples N] [--joins N] [--seconds N]
//   fanout: [--viewers 1,100] [--transports udpmux,epr,tcpmux] [--paths fast,plain] [--joins-per-second N] [--realtime]
//   soak (only when named): [--minutes N]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    samples: { type: 'string', default: '200' },
    joins: { type: 'string', default: '20' },
    seconds: { type: 'string' },
    viewers: { type: 'string' },
    transports: { type: 'string' },
    paths: { type: 'string' },
    'joins-per-second': { type: 'string', default: '0' },
    realtime: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '30' },
  },
});
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);
const results: Record<string, unknown> = { loadAverage: loadavg() };
const pictures: Record<string, string> = {};

/** An address of the documentation range (RFC 5737) where nobody answers. */
const SILENT_STUN = '[{"urls":["stun:192.0.2.1:3478"]}]';

function report(name: string, rows: readonly object[]): void {
  process.stdout.write(`\n${name}\n`);
  console.table(rows);
  results[name] = rows;
}

/** What was asked for of the known names, in the order of the known ones. */
function some<T extends string>(known: readonly T[], asked: string | undefined): readonly T[] {
  const names = asked?.split(',') ?? known;
  const unknown = names.find((name) => !known.some((each) => each === name));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

/** The whole table when it is asked for by name; beside the other parts the way that most viewers take. */
async function fanout(): Promise<void> {
  const whole = positionals.includes('fanout');
  const transports: readonly Transport[] = ['udpmux', 'epr', 'tcpmux'];
  const rows = await runFanout({
    viewers: values.viewers?.split(',').map(Number) ?? (whole ? [1, 10, 50, 100, 200, 300] : [10, 25, 50, 100]),
    transports: some(transports, values.transports ?? (whole ? undefined : 'udpmux')),
    paths: some(['fast', 'plain'], values.paths),
    joinsPerSecond: Number(values['joins-per-second']),
    realtime: values.realtime,
    ...(whole && values.seconds !== undefined ? { seconds: Number(values.seconds) } : {}),
  });
  report('fanout', rows);
  pictures.fanout = fanoutPicture(rows);
}

async function withBrowser(browser: Browser): Promise<void> {
  const product = await startProduct();
  if (wanted('load')) report('load', await measureLoad(browser, product, Number(values.seconds ?? '15')));
  if (wanted('latency')) {
    const rows = [];
    for (const screen of ['still', 'busy'] as const)
      rows.push(await measureLatency(browser, product, screen, Number(values.samples)));
    report('latency', rows);
  }
  if (wanted('join')) {
    const joins = Number(values.joins);
    const rows = [await measureJoins(browser, product, { stunServer: 'none', path: 'any', joins })];
    await product.stop();
    for (const [stunServer, path, env] of [
      ['silent', 'any', { NEKO_WEBRTC_ICESERVERS: SILENT_STUN }],
      ['none', 'tcp', { NEKO_WEBRTC_TCPMUX: String(await freePort()) }],
    ] as const) {
      const other = await startProduct({ env });
      rows.push(await measureJoins(browser, other, { stunServer, path, joins }));
      await other.stop();
    }
    report('join', rows);
  } else await product.stop();
}

if (wanted('fanout')) await fanout();
if (wanted('rungs')) report('rungs', await measureRungs('vp8', Number(values.seconds ?? '5')));
if (positionals.includes('soak')) report('soak', await soak({ minutes: Number(values.minutes) }));
if (wanted('latency') || wanted('join') || wanted('load')) {
  const browser = await launchChromium();
  try {
    await withBrowser(browser);
  } finally {
    await browser.close();
  }
}

const folder = new URL('results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const name = new Date().toISOString().replaceAll(':', '-');
const file = new URL(`${name}.json`, folder);
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(`\nwritten to ${file.pathname}\n`);
for (const [part, svg] of Object.entries(pictures)) {
  const picture = new URL(`${name}-${part}.svg`, folder);
  writeFileSync(picture, svg);
  process.stdout.write(`picture: ${picture.pathname}\n`);
}
process.exit(0);
