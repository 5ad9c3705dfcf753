import { type Desktop, openDesktop } from '../../../server/desktop/desktop.js';
import type { ScreenSize } from '../../../server/protocol/events/screen.js';
import { silentLog } from '../../support/silent-log.js';
import { startXServer } from '../../support/x/x-server.js';

export interface TestDesktop {
  readonly display: string;
  readonly desktop: Desktop;
  close(): Promise<void>;
}

/** A desktop on an X server of its own. */
export async function openTestDesktop(screen: ScreenSize = { width: 1024, height: 768, rate: 60 }): Promise<TestDesktop> {
  const server = await startXServer({ first: 30 });
  const opened = await openDesktop({ display: server.display, screen, unminimize: false, log: silentLog });
  if (!opened.ok) {
    await server.stop();
    throw new Error(opened.error);
  }
  const desktop = opened.value;
  return {
    display: server.display,
    desktop,
    close() {
      desktop.close();
      return server.stop();
    },
  };
}
