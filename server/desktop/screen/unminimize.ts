import type { Dispose } from '../../lib/dispose.js';
import { ok, type Result } from '../../lib/result.js';
import type { XConnection } from '../x-connection.js';

const CLIENT_MESSAGE = 33;
const NORMAL_STATE = 1;
const SUBSTRUCTURE_NOTIFY_MASK = 0x80000;

/** Restores windows that ask to be minimized: the desktop has no task bar to restore them from. */
export async function unminimizeWindows(connection: XConnection): Promise<Result<Dispose>> {
  const atoms = await connection.atoms(['WM_CHANGE_STATE']);
  if (!atoms.ok) return atoms;
  const { x, root } = connection;
  const release = connection.onEvent((event) => {
    if (event.type !== CLIENT_MESSAGE || event.message_type !== atoms.value.WM_CHANGE_STATE || !event.wid) return;
    if (event.data?.[0] === NORMAL_STATE) return;
    x.UnmapWindow(event.wid);
    x.MapWindow(event.wid);
  });
  x.ChangeWindowAttributes(root, { eventMask: SUBSTRUCTURE_NOTIFY_MASK });
  return ok(release);
}
