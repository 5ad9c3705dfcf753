import { Type } from '@sinclair/typebox';

/** Any whole number that JSON carries exactly. */
export const Int = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
export const Int16 = Type.Integer({ minimum: -0x8000, maximum: 0x7fff });
export const Uint8 = Type.Integer({ minimum: 0, maximum: 0xff });
export const Uint16 = Type.Integer({ minimum: 0, maximum: 0xffff });
export const Uint32 = Type.Integer({ minimum: 0, maximum: 0xffffffff });
/** Unsigned 64 bit on neko's side; here as far as a JSON number reaches. */
export const Uint64 = Type.Integer({ minimum: 0, maximum: 2 ** 64 });
/** A time that a browser measured; never negative, possibly with a fraction. */
export const Milliseconds = Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
