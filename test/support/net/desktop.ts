import { startPulseAudio } from '../servers/pulse.js';
import { startXProgram } from '../x/x-program.js';
import { startXServer } from '../x/x-server.js';

/** A desktop on which something moves, shared by all servers of a test file one after another. */
export interface Desktop {
  readonly display: string;
  readonly screen: string;
  readonly pulseServer: string;
  stop(): Promise<void>;
}

/** Unix sockets work across network namespaces, so that the desktop stays outside the lab. A small screen spares the CPU. */
export async function startDesktop(firstDisplay = 70): Promise<Desktop> {
  const [x, pulse] = await Promise.all([startXServer({ first: firstDisplay }), startPulseAudio()]);
  const painter = await startXProgram('painter', x.display, [0, 0, 320, 240, 15]);
  return {
    display: x.display,
    screen: '800x600@30',
    pulseServer: pulse.server,
    async stop() {
      await painter.stop();
      await pulse.stop();
      await x.stop();
    },
  };
}
