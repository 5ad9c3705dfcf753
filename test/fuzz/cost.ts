/** Of several measurements the shortest says most: everything else on the machine only adds to it. */
const MEASUREMENTS = 5;
/** For input of eight times the length; work that grows with the square takes 64 times as long. */
const MAX_RATIO = 24;
/** What a clock and a collector may differ by. */
const NOISE_MS = 4;

/** Throws when eight times the input costs far more than eight times the processor time. */
export function expectLinear<T>(of: (size: number) => T, work: (input: T) => void, size: number): void {
  const [small, large] = [of(size), of(8 * size)];
  for (let attempt = 0; ; attempt++) {
    const smallMs = shortestMs(() => work(small));
    const largeMs = shortestMs(() => work(large));
    if (largeMs <= MAX_RATIO * smallMs + NOISE_MS) return;
    if (attempt === 2) throw new Error(`${smallMs} ms for size ${size}, but ${largeMs} ms for eight times as much`);
  }
}

function shortestMs(work: () => void): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < MEASUREMENTS; i++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    shortest = Math.min(shortest, (user + system) / 1_000);
  }
  return shortest;
}
