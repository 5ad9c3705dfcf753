// npm run fuzz -- [--minutes N] [target …]: checks each target for N minutes (default 1), one after the other.
// npm run fuzz -- target --property P --seed S --path P: runs one counterexample again.
import { parseArgs } from 'node:util';
import { checkAgain, checkFor, commandFor, randomSeed } from './check.js';
import type { Target } from './target.js';
import { TARGETS } from './targets.js';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    path: { type: 'string' },
    property: { type: 'string' },
  },
});

function stop(message: string): never {
  console.error(message);
  process.exit(2);
}

const numberOf = (text: string | undefined, name: string): number | undefined => {
  const value = text === undefined ? undefined : Number(text);
  return value === undefined || value >= 0 ? value : stop(`--${name}: ${text} is no number`);
};

async function fuzz(target: Target, minutes: number, seed: number, only: number | undefined): Promise<number> {
  const properties = target.properties.filter((_, index) => only === undefined || index === only - 1);
  if (properties.length === 0) stop(`${target.name} has the properties 1 to ${target.properties.length}`);
  const release = await target.open?.();
  let failures = 0;
  for (const property of properties) {
    const startMs = performance.now();
    const { runs, failure } =
      options.path === undefined
        ? await checkFor(property, seed, (minutes * 60_000) / properties.length)
        : await checkAgain(property, seed, options.path);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    console.log(`${failure ? '✗' : '✓'} ${target.name}: ${property.title} (${runs} runs in ${seconds} s, seed ${seed})`);
    if (!failure) continue;
    failures++;
    console.log(`${failure.report}\n\nAgain: ${commandFor(target, property, failure)}\n`);
  }
  await release?.();
  return failures;
}

const unknown = names.filter((name) => TARGETS.every((target) => target.name !== name));
if (unknown.length > 0)
  stop(`There is no target ${unknown.join(', ')}; the targets are ${TARGETS.map(({ name }) => name).join(', ')}.`);
const minutes = numberOf(options.minutes, 'minutes') ?? 1;
const seed = numberOf(options.seed, 'seed') ?? randomSeed();
let failures = 0;
for (const target of TARGETS) {
  if (names.length > 0 && !names.includes(target.name)) continue;
  failures += await fuzz(target, minutes, seed, numberOf(options.property, 'property'));
}
process.exit(failures > 0 ? 1 : 0);
