import { type Static, Type } from '@sinclair/typebox';
import { FIELD_LIMITS } from '../limits.js';

const XkbName = Type.String({ maxLength: FIELD_LIMITS.layout.value });

/** XKB names; an empty variant is the layout's plain one. */
export const KeyboardMap = Type.Object({ layout: XkbName, variant: XkbName });
export type KeyboardMap = Static<typeof KeyboardMap>;

export const KeyboardModifiers = Type.Object({
  shift: Type.Boolean(),
  capslock: Type.Boolean(),
  control: Type.Boolean(),
  alt: Type.Boolean(),
  numlock: Type.Boolean(),
  meta: Type.Boolean(),
  super: Type.Boolean(),
  altgr: Type.Boolean(),
});
export type KeyboardModifiers = Static<typeof KeyboardModifiers>;

/** Absent modifiers stay as they are. */
export const KeyboardModifiersPatch = Type.Partial(KeyboardModifiers);
export type KeyboardModifiersPatch = Static<typeof KeyboardModifiersPatch>;

export const keyboardClientEvents = {
  'keyboard/map': KeyboardMap,
  'keyboard/modifiers': KeyboardModifiersPatch,
};
