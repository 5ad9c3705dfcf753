import { Socket } from 'node:net';
import { systemClock } from '../../lib/clock.js';
import { openGStreamer } from '../../native/gstreamer.js';
import { type HostReport, readHostCommand } from '../messages.js';
import { CaptureHost } from './capture-host.js';

/**
 * The capture host process: `main.js <display> <element>...`, started by the supervisor with an IPC channel and one pipe per
 * stream. It reports which of the named elements exist. It is a process of its own because an encoder can abort it.
 */
const EXIT_UNUSABLE = 3;
const [display, ...elements] = process.argv.slice(2);

function report(message: HostReport): void {
  if (process.connected) process.send?.(message);
}

function start(): void {
  if (display === undefined || process.send === undefined) {
    process.stderr.write('this process is started by the server\n');
    process.exit(EXIT_UNUSABLE);
  }
  const gst = openGStreamer();
  if (!gst.ok) {
    process.send({ kind: 'unusable', reason: gst.error } satisfies HostReport, () => process.exit(EXIT_UNUSABLE));
    return;
  }
  const baseNs = process.hrtime.bigint();
  const sinks = new Map<number, Socket>();
  const sink = (fd: number): Socket => {
    const known = sinks.get(fd) ?? new Socket({ fd, readable: false, writable: true });
    known.on('error', () => process.exit(0));
    sinks.set(fd, known);
    return known;
  };
  const host = new CaptureHost({ gst: gst.value, display, baseNs, clock: systemClock, report, sink });
  process.on('message', (message) => {
    const command = readHostCommand(message);
    if (command.ok) host.obey(command.value);
    else process.stderr.write(`${command.error}\n`);
  });
  report({
    kind: 'ready',
    gstreamer: gst.value.version,
    elements: elements.filter((name) => gst.value.hasElement(name)),
    baseNs: String(baseNs),
  });
  void host.open();
}

// The server ends this process by closing the channel; signals meant for the whole group are the server's to answer.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
start();
