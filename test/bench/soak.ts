import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sample, ServerRequest } from './soak-server.js';

export interface SoakRow extends Sample {
  readonly minute: number;
  /** Viewers that came so far, and those of them who left without having seen a picture. */
  readonly joins: number;
  readonly blind: number;
}

type ViewersRequest =
  | { readonly kind: 'watch'; readonly id: string; readonly sdp: string }
  | { readonly kind: 'leave'; readonly id: string };

const SEATS = 6;
/** With a keyframe every second everyone sees something within this. */
const STAY_MS = { least: 3_000, spread: 3_000 };
const SAMPLES_PER_MINUTE = 2;
/** libwebrtc in Node keeps something of every closed connection and crashes after about a thousand. */
const VISITS_PER_PROCESS = 100;

/**
 * Viewers come and go all the time, over UDP and TCP, half of them ended by the server; memory (after a collection) and
 * descriptors of the server are to be flat.
 */
export async function soak({ minutes }: { readonly minutes: number }): Promise<SoakRow[]> {
  const viteNode = fileURLToPath(new URL('../../node_modules/vite-node/vite-node.mjs', import.meta.url));
  const server = await startWorker<ServerRequest>([viteNode, scriptPath('soak-server.ts')]);
  const counts = { joins: 0, blind: 0 };
  const endMs = performance.now() + minutes * 60_000;
  const rows: SoakRow[] = [];

  const visit = async (viewers: Worker<ViewersRequest>, seat: number, round: number) => {
    const transport = (seat + round) % 3 === 0 ? 'tcp' : 'udp';
    const id = `${seat}-${round}`;
    const sdp = await server.ask<string>({ kind: 'offer', transport, id });
    const answer = await viewers.ask<string>({ kind: 'watch', id, sdp });
    await server.ask({ kind: 'answer', transport, id, sdp: answer });
    counts.joins++;
    // A different length for everyone, the same in every run.
    await pause(STAY_MS.least + ((seat * 7_919 + round * 104_729) % STAY_MS.spread));
    if (round % 2 === 0) await server.ask({ kind: 'end', transport, id });
    if ((await viewers.ask<number>({ kind: 'leave', id })) === 0) counts.blind++;
  };
  const sit = async (seat: number) => {
    for (let round = 0; performance.now() < endMs; ) {
      const viewers = await startWorker<ViewersRequest>([scriptPath('soak-viewers.mjs')]);
      try {
        for (let visits = 0; visits < VISITS_PER_PROCESS && performance.now() < endMs; visits++)
          await visit(viewers, seat, round++);
      } finally {
        viewers.close();
      }
    }
  };
  const sample = async (startMs: number) => {
    const minute = Math.round((performance.now() - startMs) / 6_000) / 10;
    const row: SoakRow = { minute, ...counts, ...(await server.ask<Sample>({ kind: 'sample' })) };
    rows.push(row);
    process.stdout.write(`${JSON.stringify(row)}\n`);
  };

  try {
    const startMs = performance.now();
    const seats = Promise.all(Array.from({ length: SEATS }, (_, seat) => sit(seat)));
    while (performance.now() + 60_000 / SAMPLES_PER_MINUTE < endMs) {
      await Promise.race([pause(60_000 / SAMPLES_PER_MINUTE), seats]);
      await sample(startMs);
    }
    await seats;
    // Everyone has left: consent and timers of the last ones end before the last look.
    await pause(5_000);
    await sample(startMs);
    return rows;
  } finally {
    server.close();
  }
}

const scriptPath = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Worker<Request> {
  ask<Answer>(request: Request): Promise<Answer>;
  close(): void;
}

/** Starts a process of the bench that answers numbered requests; resolves when it says that it is ready (number 0). */
async function startWorker<Request>(script: readonly string[]): Promise<Worker<Request>> {
  const child = spawn(process.execPath, ['--expose-gc', ...script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  let last = 0;
  child.on('message', ({ n, answer }: { n: number; answer: never }) => {
    waiting.get(n)?.resolve(answer);
    waiting.delete(n);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${script.at(-1)} ended with ${code ?? signal}`));
  });
  await new Promise((resolve, reject) => waiting.set(0, { resolve, reject }));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        child.send({ n: last, request });
      }),
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}
