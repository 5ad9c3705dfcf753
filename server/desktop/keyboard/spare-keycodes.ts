import type { Keymap } from './keymap.js';

/**
 * Keycodes (as the kernel counts them, plus 8) that may be bound to any character.
 *
 * A keycode without a symbol is not always free: browsers know some keys by code and go back a page or reload instead of
 * inserting the character. These codes were tried in Chromium one by one: each inserts its character and is no known key
 * (`KeyboardEvent.code` is empty). The first lines have no symbol in any layout; the others belong to buttons of rare
 * keyboards, those that desktops listen to (volume, brightness, media, launchers) left out.
 */
const SPARE_KEYCODES = [
  248, 230, 222, 219, 217, 184, 183, 178, 168, 154, 149, 120, 103, 8, 255, 254, 253, 252, 251, 250, 249, 247, 245, 243, 242, 228,
  226, 224, 221, 220, 218, 213, 212, 190, 189, 186, 185, 182, 177, 165, 159, 155, 147, 138,
];

/** [P] The keycodes of this keymap that can be bound to any character, best first. */
export function spareKeycodes(keymap: Keymap): number[] {
  return SPARE_KEYCODES.filter((keycode) => {
    const key = keymap.keys[keycode - keymap.firstKeycode];
    return key !== undefined && key.modifiers === 0 && key.actions.every((action) => action.kind === 'none');
  });
}
