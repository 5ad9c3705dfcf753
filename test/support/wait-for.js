// The one way to wait for a state, for tests and for programs that plain Node.js runs.
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
const DEADLINE_MS = 20_000;

export async function waitFor(...words) {
  const [what, probe, deadlineMs = DEADLINE_MS] = typeof words[0] === 'function' ? [String(words[0]), ...words] : words;
  const end = performance.now() + deadlineMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
