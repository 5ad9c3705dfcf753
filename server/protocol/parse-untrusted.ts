import { err, ok, type Result } from '../lib/result.js';
import { nestsDeeper } from '../lib/text/json-scan.js';
import { FIELD_LIMITS } from './limits.js';

const { depth } = FIELD_LIMITS;

export type JsonFault = 'not JSON' | 'nested too deep';

/** Parses JSON that a client sent, within the bound on its depth. */
export function parseUntrusted(text: string): Result<unknown, JsonFault> {
  if (nestsDeeper(text, depth.value)) return err('nested too deep');
  try {
    return ok(JSON.parse(text));
  } catch {
    return err('not JSON');
  }
}
