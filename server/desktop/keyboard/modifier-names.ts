/** [P] The modifiers that clients can name, with their bits in the core mask. */
const MASKS = {
  shift: 1,
  capslock: 2,
  control: 4,
  alt: 8,
  numlock: 16,
  meta: 32,
  super: 64,
  altgr: 128,
} as const;

export type ModifierName = keyof typeof MASKS;
export type ModifierStates = Readonly<Record<ModifierName, boolean>>;
/** Those absent or null stay as they are. */
export type ModifierChange = { readonly [Name in ModifierName]?: boolean | null };

export const CONTROL_MASK = MASKS.control;

/** Which modifiers are on in a core mask. */
export function namedModifiers(mask: number): ModifierStates {
  const on = (name: ModifierName) => (mask & MASKS[name]) !== 0;
  return {
    shift: on('shift'),
    capslock: on('capslock'),
    control: on('control'),
    alt: on('alt'),
    numlock: on('numlock'),
    meta: on('meta'),
    super: on('super'),
    altgr: on('altgr'),
  };
}

/** The bits that a change concerns, and those of them that it turns on. */
export function maskOf(change: ModifierChange): { readonly affected: number; readonly locks: number } {
  let affected = 0;
  let locks = 0;
  for (const [name, mask] of Object.entries(MASKS)) {
    const on = Object.entries(change).find(([key]) => key === name)?.[1];
    if (typeof on !== 'boolean') continue;
    affected |= mask;
    if (on) locks |= mask;
  }
  return { affected, locks };
}
