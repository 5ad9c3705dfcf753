import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { percentile, round } from './statistics.js';

export type Transport = 'udpmux' | 'epr' | 'tcpmux';

export interface FanoutOptions {
  readonly viewers?: readonly number[];
  readonly transports?: readonly Transport[];
  readonly paths?: readonly ('fast' | 'plain')[];
  /** Of measuring CPU, and as long again of measuring delays. Default 3. */
  readonly seconds?: number;
  readonly bitrateBps?: number;
  /** Viewers who come and leave again beside the counted ones. */
  readonly joinsPerSecond?: number;
  /** The sender runs before everything else on its core (root only): the delays are its own, whatever else the machine does. */
  readonly realtime?: boolean;
}

/** One measured combination. CPU is that of the sending process alone, kernel included. */
export interface FanoutRow {
  readonly path: 'fast' | 'plain';
  readonly transport: Transport;
  readonly viewers: number;
  readonly cpuMicrosPerPacket: number;
  readonly corePercent: number;
  readonly packets: number;
  /** Sent and never received, without those that overflowed the receivers' sockets because the receivers had no time. */
  readonly lost: number;
  readonly overflowed: number;
  /** Received with a wrong tag. */
  readonly bad: number;
  /** Frames that were too late to be sent. */
  readonly framesDropped: number;
  /** Viewers who came and left beside the counted ones. */
  readonly joins: number;
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly loopDelayP99Ms: number;
  /** How long something else had the sender's core while it was ready to run: beyond a few percent the delays are the machine's. */
  readonly waitedPercent: number;
  readonly residentKbPerViewer: number;
}

interface SenderResult {
  readonly packets: number;
  readonly packetsTotal: number;
  readonly framesDropped: number;
  readonly joins: number;
  readonly cpuMicrosPerPacket: number;
  readonly corePercent: number;
  readonly loopDelayP99Ms: number;
  readonly waitedPercent: number;
  readonly residentKbPerViewer: number;
}

interface ReceiverCounts {
  readonly received: number;
  readonly overflowed: number;
  readonly bad: number;
  readonly missing: number;
  readonly delays: readonly number[];
}

/** Measures the built fan-out (`npm run build` first) for every combination, one after the other. */
export async function run(options: FanoutOptions = {}): Promise<FanoutRow[]> {
  const { viewers = [1, 10, 25, 50, 100], transports = ['udpmux'], paths = ['fast', 'plain'] } = options;
  const rows: FanoutRow[] = [];
  for (const path of paths) {
    for (const transport of transports) {
      for (const count of viewers) {
        const row = await measure(path, transport, count, options);
        // The whole table takes minutes.
        process.stderr.write(
          `${path} ${transport}, ${count} viewers: ${row.cpuMicrosPerPacket} µs per packet, ${row.lost} lost\n`,
        );
        rows.push(row);
      }
    }
  }
  return rows;
}

async function measure(
  path: 'fast' | 'plain',
  transport: Transport,
  viewers: number,
  options: FanoutOptions,
): Promise<FanoutRow> {
  const { seconds = 3, bitrateBps = 2_500_000, joinsPerSecond = 0 } = options;
  const receiver = start('fanout-receiver.mjs', 1, false);
  const sender = start('fanout-sender.mjs', 0, options.realtime ?? false);
  try {
    const ports = await ask<number[]>(receiver, { kind: 'listen', viewers, transport });
    const sent = await ask<SenderResult>(sender, { path, transport, ports, seconds, bitrateBps, joinsPerSecond });
    const got = await ask<ReceiverCounts>(receiver, { kind: 'report' });
    return {
      path,
      transport,
      viewers,
      cpuMicrosPerPacket: round(sent.cpuMicrosPerPacket, 2),
      corePercent: round(sent.corePercent),
      packets: sent.packets,
      lost: Math.max(0, sent.packetsTotal - got.received - got.overflowed, got.missing - got.overflowed),
      overflowed: got.overflowed,
      bad: got.bad,
      framesDropped: sent.framesDropped,
      joins: sent.joins,
      delayP50Ms: round(percentile(got.delays, 0.5)),
      delayP99Ms: round(percentile(got.delays, 0.99)),
      loopDelayP99Ms: round(sent.loopDelayP99Ms),
      waitedPercent: round(sent.waitedPercent),
      residentKbPerViewer: Math.round(sent.residentKbPerViewer),
    };
  } finally {
    for (const child of [sender, receiver]) if (child.exitCode === null) child.kill();
  }
}

/** Starts a process of the bench on a core of its own, where there are several and `taskset` is there to say so. */
function start(script: string, core: number, realtime: boolean): ChildProcess {
  const command = [
    ...(realtime ? ['chrt', '--rr', '1'] : []),
    ...(cpus().length > 1 && existsSync('/usr/bin/taskset') ? ['taskset', '-c', String(core)] : []),
    ...[process.execPath, '--expose-gc', fileURLToPath(new URL(script, import.meta.url))],
  ];
  return spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** Sends a request; resolves with the answer. The processes are our own, so the answer has the shape that was asked for. */
async function ask<T>(child: ChildProcess, request: object): Promise<T> {
  child.send(request);
  const [answer] = await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => ended(code))]);
  return answer;
}

function ended(code: unknown): never {
  throw new Error(`a bench process ended with ${String(code)}`);
}
