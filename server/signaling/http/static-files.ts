import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyReply } from 'fastify';
import { uriPart } from '../../lib/text/seen-text.js';

/** The result for a static path: a file below the directory, a redirect, or nothing. */
export type StaticTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'none' };

export const NO_FILE: StaticTarget = { kind: 'none' };

/** Finds the file of a raw path below the prefix in `directory`. Nothing outside it, no listings. */
export async function findStatic(directory: string, path: string): Promise<StaticTarget> {
  const decoded = decodePath(path);
  if (decoded === null) return NO_FILE;
  const name = decoded.split('/').at(-1) ?? '';
  if (name === 'index.html') return { kind: 'redirect', location: './' };
  const kind = await kindOf(join(directory, decoded));
  if (kind === 'file' && name !== '') return { kind: 'file', path: decoded };
  if (kind !== 'directory') return NO_FILE;
  if (name !== '') return { kind: 'redirect', location: `${uriPart(name)}/` };
  const index = `${decoded}index.html`;
  return (await kindOf(join(directory, index))) === 'file' ? { kind: 'file', path: index } : NO_FILE;
}

/** Sends the result. `reply.sendFile` handles ranges and dates. */
export function sendStatic(reply: FastifyReply, target: Exclude<StaticTarget, { readonly kind: 'none' }>): FastifyReply {
  if (target.kind === 'redirect') return reply.code(301).header('location', target.location).send();
  return reply.sendFile(target.path.slice(1));
}

/** A decoded path with a leading slash that stays inside the directory, or null. */
function decodePath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path);
    const hasTricks =
      decoded.includes('\0') || decoded.includes('\\') || decoded.split('/').some((part) => part === '..' || part === '.');
    return hasTricks || !decoded.startsWith('/') || decoded.includes('//') ? null : decoded;
  } catch {
    return null;
  }
}

async function kindOf(path: string): Promise<'file' | 'directory' | 'none'> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'none';
  } catch {
    return 'none';
  }
}
