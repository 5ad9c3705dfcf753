import { execFile } from 'node:child_process';
import type { Property } from 'x11';
import { err, ok, type Result } from '../../lib/result.js';
import type { KeyboardMap } from '../../protocol/events/keyboard.js';
import type { XConnection } from '../x-connection.js';

/** The names that XKB rules use: several can be listed, each with a group. */
const NAME = /^[\w,()+:.-]*$/;
/** The rules of an X server that found no keyboard. */
const BUILT_IN_RULES = 'base';
/** A call takes at most 5 s in all when the X server hangs. */
const TIMEOUT_MS = 4_000;

interface RulesNames extends KeyboardMap {
  readonly rules: string;
}

/** The layout that is loaded, from the property in which its loader records it. */
export async function readLayout(connection: XConnection): Promise<Result<KeyboardMap>> {
  const names = await readRulesNames(connection);
  return names.ok ? ok({ layout: names.value.layout, variant: names.value.variant }) : names;
}

/** Loads a layout by `setxkbmap`, which compiles keymaps; an unknown one is an error with its message. */
export function loadLayout(display: string, { layout, variant }: KeyboardMap): Promise<Result<void>> {
  return setxkbmap(['-display', display], { layout, variant });
}

/**
 * Makes an X server without a keyboard number its keys as the kernel does.
 *
 * Such a server starts with the old X keycodes; browsers on Linux then mistake the arrow keys for others.
 */
export async function useKernelKeycodes(connection: XConnection, display: string): Promise<Result<void>> {
  const names = await readRulesNames(connection);
  if (!names.ok) return names;
  const { rules, layout, variant } = names.value;
  if (rules !== BUILT_IN_RULES) return ok(undefined);
  return setxkbmap(['-display', display, '-rules', 'evdev', '-model', 'pc105'], { layout, variant });
}

/** Reads a `_XKB_RULES_NAMES` property: rules, model, layout, variant, options, each ended by a zero byte; what is missing is empty. */
export function parseRulesNames(property: Buffer): RulesNames {
  const [rules = '', , layout = '', variant = ''] = property.toString('latin1').split('\0');
  return { rules, layout, variant };
}

async function readRulesNames(connection: XConnection): Promise<Result<RulesNames>> {
  const { x, root } = connection;
  const atoms = await connection.atoms(['_XKB_RULES_NAMES']);
  if (!atoms.ok) return atoms;
  const property = await connection.ask<Property>((reply) =>
    x.GetProperty(0, root, atoms.value._XKB_RULES_NAMES, 0, 0, 1_024, reply),
  );
  return property.ok ? ok(parseRulesNames(property.value.data)) : property;
}

function setxkbmap(options: readonly string[], { layout, variant }: KeyboardMap): Promise<Result<void>> {
  if (!NAME.test(layout) || !NAME.test(variant))
    return Promise.resolve(err('a keyboard layout or variant has letters, digits and _ - only'));
  return new Promise((resolve) => {
    execFile(
      'setxkbmap',
      [...options, '-layout', layout, '-variant', variant],
      { timeout: TIMEOUT_MS },
      (error, _stdout, stderr) => {
        resolve(error ? err(stderr.trim() || error.message) : ok(undefined));
      },
    );
  });
}
