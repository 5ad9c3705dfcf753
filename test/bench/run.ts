import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launchChromium } from '../support/chromium.js';
import { startProduct } from '../support/product.js';
import { measureJoins } from './join.js';
import { measureLatency } from './latency.js';
import { measureLoad } from './load.js';

// npm run bench [-- latency|join|load|fanout …] [--samples N] [--joins N] [--seconds N]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    samples: { type: 'string', default: '200' },
    joins: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '15' },
  },
});
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);
const results: Record<string, unknown> = {};

/** An address of the documentation range (RFC 5737) where nobody answers. */
const SILENT_STUN = '[{"urls":["stun:192.0.2.1:3478"]}]';

function report(name: string, rows: readonly object[]): void {
  process.stdout.write(`\n${name}\n`);
  console.table(rows);
  results[name] = rows;
}

const browser = await launchChromium();
try {
  if (wanted('latency') || wanted('join') || wanted('load')) {
    const product = await startProduct();
    if (wanted('load')) report('load', await measureLoad(browser, product, Number(values.seconds)));
    if (wanted('latency')) {
      const rows = [];
      for (const screen of ['still', 'busy'] as const)
        rows.push(await measureLatency(browser, product, screen, Number(values.samples)));
      report('latency', rows);
    }
    if (wanted('join')) {
      const rows = [await measureJoins(browser, product, 'none', Number(values.joins))];
      await product.stop();
      const silent = await startProduct({ env: { NEKO_WEBRTC_ICESERVERS: SILENT_STUN } });
      rows.push(await measureJoins(browser, silent, 'silent', Number(values.joins)));
      await silent.stop();
      report('join', rows);
    } else await product.stop();
  }
} finally {
  await browser.close();
}

const folder = new URL('results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder);
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(`\nwritten to ${file.pathname}\n`);
process.exit(0);
