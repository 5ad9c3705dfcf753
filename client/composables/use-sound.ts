import { type Ref, ref } from 'vue';

export interface Sound {
  /** Browsers play a page's sound only after a click, so it starts muted. */
  readonly muted: Ref<boolean>;
  /** 0 to 1. */
  readonly volume: Ref<number>;
  /** Was the sound ever switched on or off by hand? Then the hint to do so disappears. */
  readonly decided: Ref<boolean>;
  toggle(): void;
}

export function useSound(): Sound {
  const muted = ref(true);
  const volume = ref(1);
  const decided = ref(false);
  return {
    muted,
    volume,
    decided,
    toggle() {
      muted.value = !muted.value;
      decided.value = true;
    },
  };
}
