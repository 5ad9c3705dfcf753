import { type ComputedRef, computed, onScopeDispose, type Ref, ref, watch } from 'vue';
import { copiedHere, copiedThere, leftPage, NOTHING_COPIED, seenHere } from '../input/clipboard-order.js';
import { listen } from '../input/listen.js';
import { withLineFeeds } from '../input/typed-text.js';
import type { PageRoom } from './use-room.js';

export interface SharedClipboard {
  /** May this viewer use the desktop's clipboard now? */
  readonly allowed: ComputedRef<boolean>;
  /** The last text known to be on the desktop's clipboard. */
  readonly desktopText: Ref<string>;
  /** The desktop copied something that the browser did not let us put on this device's clipboard. */
  readonly unread: Ref<boolean>;
  /** Why the desktop's last copy did not reach this device, in words; empty when it did. */
  readonly refusal: Ref<string>;
  /** Puts text on the desktop's clipboard; resolves when it is there, or after a moment. */
  put(text: string): Promise<void>;
  /** The user pasted the content of this device's clipboard; puts the newer of both on the desktop's clipboard. */
  pasted(text: string): Promise<void>;
  /** The newer of this device's clipboard and the desktop's. */
  newest(text: string): string;
}

/** The server echoes a text that it has set; without an echo, typing waits no longer than this. */
const ECHO_TIMEOUT_MS = 300;

/** Keeps this device's clipboard and the desktop's in step as far as the browser permits without asking. */
export function useClipboard({ connection, control, me }: PageRoom): SharedClipboard {
  const allowed = computed(() => control.value === 'mine' && me.value?.canAccessClipboard === true);
  const desktopText = ref('');
  const unread = ref(false);
  const refusal = ref('');
  let order = NOTHING_COPIED;
  let awaited: { readonly text: string; readonly arrived: () => void } | null = null;

  const send = async (text: string): Promise<void> => {
    if (!allowed.value || text === '' || text === desktopText.value) return;
    const echo = new Promise<void>((resolve) => {
      awaited = { text, arrived: resolve };
      setTimeout(resolve, ECHO_TIMEOUT_MS);
    });
    connection.setClipboard(text);
    desktopText.value = text;
    await echo;
  };
  const received = async (text: string) => {
    refusal.value = '';
    if (awaited?.text === text) {
      awaited.arrived();
      awaited = null;
      return;
    }
    if (text === desktopText.value) return;
    desktopText.value = text;
    // Until the text is written there, this device's clipboard is the older one.
    order = copiedThere(order, text, false);
    const written = await writeHere(text);
    if (text !== desktopText.value) return;
    unread.value = !written;
    if (written) order = copiedThere(order, text, true);
  };
  const refused = (message: string) => {
    refusal.value = message;
    unread.value = true;
  };
  const newest = (text: string): string => {
    const [next, newer] = seenHere(order, text);
    order = next;
    return newer;
  };
  const pasted = (text: string) => send(newest(text));
  const put = (text: string) => {
    order = copiedThere(order, text, false);
    return send(text);
  };
  const left = () => {
    order = leftPage(order);
  };
  const copied = () => {
    order = copiedHere();
  };
  const readHere = async () => {
    if (!allowed.value || !document.hasFocus() || !(await mayRead())) return;
    const text = withLineFeeds(await navigator.clipboard.readText().catch(() => ''));
    if (text !== '') await pasted(text);
  };

  onScopeDispose(connection.events.on('clipboard', (text) => void received(text)));
  onScopeDispose(connection.events.on('clipboard-refused', refused));
  onScopeDispose(listen(window, 'focus', () => void readHere()));
  onScopeDispose(listen(window, 'blur', left));
  onScopeDispose(listen(document, 'copy', copied));
  onScopeDispose(listen(document, 'cut', copied));
  watch(allowed, (now) => now && void readHere());
  return { allowed, desktopText, unread, refusal, put, pasted, newest };
}

/** Pages over plain HTTP have no clipboard, and some browsers want a click first: then the user needs the panel. */
async function writeHere(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads only where it was permitted before: an unexpected question is a nuisance. */
async function mayRead(): Promise<boolean> {
  try {
    const name: string = 'clipboard-read';
    const { state } = await navigator.permissions.query({ name: name as PermissionName });
    return state === 'granted';
  } catch {
    return false;
  }
}
