import type { Draft } from '../draft.js';
import type { InputAction } from '../input-action.js';
import { recordCursor } from './cursors.js';
import { requestControl } from './hosting.js';
import { isHost } from './permissions.js';

/** Input of a session; `asks` is whether it asks for control by itself (RI1-RI3). */
export function input(draft: Draft, id: string, actions: readonly InputAction[], asks: boolean) {
  const actor = { kind: 'session', id } as const;
  if (asks && !isHost(draft.room, actor)) requestControl(draft, actor, true);
  if (isHost(draft.room, actor)) {
    for (const action of actions) draft.effect({ kind: 'input', sessionId: id, action });
  } else if (!asks) {
    showInactive(draft, id, actions);
  }
}

/** Input without control does nothing on the desktop; its pointer position may be shown to others. */
function showInactive(draft: Draft, id: string, actions: readonly InputAction[]) {
  const moves = actions.filter((action) => action.kind === 'move');
  if (moves.length < actions.length) draft.refuse('not-host');
  for (const { x, y } of moves) recordCursor(draft, id, { x, y });
}
