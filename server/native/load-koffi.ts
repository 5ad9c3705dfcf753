import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { err, ok, type Result } from '../lib/result.js';

/**
 * The foreign-function library, or why it cannot be used here.
 * Loaded on demand: a static import would end the process where the prebuilt binary does not fit.
 */
export function loadKoffi(): Result<typeof Koffi> {
  loaded ??= load();
  return loaded;
}

let loaded: Result<typeof Koffi> | undefined;

function load(): Result<typeof Koffi> {
  try {
    const koffi: typeof Koffi = createRequire(import.meta.url)('koffi');
    return ok(koffi);
  } catch (error) {
    return err(`koffi cannot load: ${error instanceof Error ? error.message : String(error)}`);
  }
}
