// Opens TCP connections that never say what they came for, and holds them until it is ended. Argument: JSON of
// { address, port, count }; prints one line when all are open.
import { connect } from 'node:net';

/** @type {{ address: string, port: number, count: number }} */
const { address, port, count } = JSON.parse(process.argv[2] ?? '{}');

/** Silence, the start of a frame, a frame that is no STUN, one that promises more, an unfinished TLS hello and an unfinished request. */
const BEGINNINGS = ['', '00', '0004deadbeef', 'ffff00010000', '0014000100002112a442', '160301', '474554202f20485454'];

/** @type {(beginning: string) => Promise<void>} */
const opened = (beginning) =>
  new Promise((resolve) => {
    const socket = connect(port, address, () => {
      socket.write(Buffer.from(beginning, 'hex'));
      resolve();
    });
    // Being turned away is an answer too.
    socket.on('error', () => resolve());
  });

await Promise.all(Array.from({ length: count }, (_, index) => opened(BEGINNINGS[index % BEGINNINGS.length] ?? '')));
process.stdout.write('open\n');
setInterval(() => undefined, 1000);
