import { execFile } from 'node:child_process';
import type { Property } from 'x11';
import { err, ok, type Result } from '../lib/result.js';
import type { Session } from './session.js';

/** An XKB layout and its variant, as in `de` and `nodeadkeys`; empty for none. */
export interface KeyboardMap {
  readonly layout: string;
  readonly variant: string;
}

/** The names that XKB rules use: several can be listed, each with a group. */
const NAME = /^[\w,()+:.-]*$/;
const TIMEOUT_MS = 5_000;

/** The layout that is loaded, from the property in which its loader records it. */
export async function readLayout(session: Session): Promise<Result<KeyboardMap>> {
  const { x, root } = session;
  const atoms = await session.atoms(['_XKB_RULES_NAMES']);
  if (!atoms.ok) return atoms;
  const property = await session.ask<Property>((reply) =>
    x.GetProperty(0, root, atoms.value._XKB_RULES_NAMES, 0, 0, 1_024, reply),
  );
  return property.ok ? ok(parseRulesNames(property.value.data)) : property;
}

/** Reads rules, model, layout, variant and options, each ended by a zero byte; what is missing is empty. */
export function parseRulesNames(property: Buffer): KeyboardMap {
  const [, , layout = '', variant = ''] = property.toString('latin1').split('\0');
  return { layout, variant };
}

/** Loads a layout by `setxkbmap`, which compiles keymaps; an unknown one is an error with its message. */
export function loadLayout(display: string, { layout, variant }: KeyboardMap): Promise<Result<void>> {
  if (!NAME.test(layout) || !NAME.test(variant))
    return Promise.resolve(err('a keyboard layout or variant has letters, digits and _ - only'));
  const options = ['-display', display, '-layout', layout, '-variant', variant];
  return new Promise((resolve) => {
    execFile('setxkbmap', options, { timeout: TIMEOUT_MS }, (error, _stdout, stderr) => {
      resolve(error ? err(stderr.trim() || error.message) : ok(undefined));
    });
  });
}
