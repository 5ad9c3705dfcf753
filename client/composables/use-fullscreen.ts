import { onScopeDispose, type Ref, ref } from 'vue';
import { listen } from '../input/listen.js';

/** Chromium only: gives the page keys of the system, such as Escape, Alt+Tab and Ctrl+W. */
interface KeyboardLock {
  lock?(): Promise<void>;
  unlock?(): void;
}

/** An iPhone shows only videos in full screen. */
type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?(): void };

export interface Fullscreen {
  readonly active: Ref<boolean>;
  toggle(): Promise<void>;
}

/** Full screen for the whole page, with the keyboard where the browser allows it. */
export function useFullscreen(): Fullscreen {
  const active = ref(document.fullscreenElement !== null);
  const keyboard: KeyboardLock | undefined = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;
  onScopeDispose(
    listen(document, 'fullscreenchange', () => {
      active.value = document.fullscreenElement !== null;
      if (!active.value) keyboard?.unlock?.();
    }),
  );
  return {
    active,
    async toggle() {
      if (document.fullscreenElement) return document.exitFullscreen();
      if (!document.documentElement.requestFullscreen) {
        document.querySelector<PhoneVideo>('video')?.webkitEnterFullscreen?.();
        return;
      }
      await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
      await keyboard?.lock?.().catch(() => undefined);
    },
  };
}
