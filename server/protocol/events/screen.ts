import { type Static, Type } from '@sinclair/typebox';
import { Int, Int16 } from '../numbers.js';

/** Pixels and Hz. */
export const ScreenSize = Type.Object({ width: Int, height: Int, rate: Int16 });
export type ScreenSize = Static<typeof ScreenSize>;

export const ScreenUpdated = Type.Object({ id: Type.String(), ...ScreenSize.properties });

export const screenClientEvents = { 'screen/set': ScreenSize };
export const screenServerEvents = { 'screen/updated': ScreenUpdated };
