import type { Result } from '../../lib/result.js';
import type { XConnection } from '../x-connection.js';

/** Names of the selection, its targets and its transfer types (ICCCM 2.0, section 2). */
const NAMES = [
  'CLIPBOARD',
  'TARGETS',
  'TIMESTAMP',
  'INCR',
  'ATOM',
  'INTEGER',
  'UTF8_STRING',
  'STRING',
  'TEXT',
  'text/plain;charset=utf-8',
  'text/plain',
  'text/html',
  'image/png',
  'NEKO_CLIPBOARD',
] as const;

export type SelectionAtoms = Readonly<Record<(typeof NAMES)[number], number>>;

/** The atoms' numbers on this X server. */
export function selectionAtoms(connection: XConnection): Promise<Result<SelectionAtoms>> {
  return connection.atoms(NAMES);
}
