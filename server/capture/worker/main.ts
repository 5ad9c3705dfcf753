import { Socket } from 'node:net';
import { systemClock } from '../../lib/clock.js';
import { openGStreamer } from '../../native/gstreamer.js';
import { readWorkerCommand, type WorkerReport } from '../messages.js';
import { Worker } from './worker.js';

/**
 * The GStreamer worker process: `main.js <display> <element>...`, started by the supervisor with an IPC channel. It reports which
 * of the named elements exist. It is a process of its own because an encoder can abort it.
 */
const EXIT_UNUSABLE = 3;
const [display, ...elements] = process.argv.slice(2);

function report(message: WorkerReport): void {
  if (process.connected) process.send?.(message);
}

function start(): void {
  if (display === undefined || process.send === undefined) {
    process.stderr.write('this process is started by the server\n');
    process.exit(EXIT_UNUSABLE);
  }
  const gst = openGStreamer();
  if (!gst.ok) {
    process.send({ kind: 'unusable', reason: gst.error } satisfies WorkerReport, () => process.exit(EXIT_UNUSABLE));
    return;
  }
  const baseNs = process.hrtime.bigint();
  const worker = new Worker({ gst: gst.value, display, baseNs, clock: systemClock, report });
  process.on('message', (message, pipe) => {
    const command = readWorkerCommand(message);
    if (command.ok) worker.obey(command.value, pipe instanceof Socket ? pipe : undefined);
    else process.stderr.write(`${command.error}\n`);
  });
  report({
    kind: 'ready',
    gstreamer: gst.value.version,
    elements: elements.filter((name) => gst.value.hasElement(name)),
    baseNs: String(baseNs),
  });
  worker.open();
}

// The server ends this process by closing the channel; signals meant for the whole group are the server's to answer.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
start();
