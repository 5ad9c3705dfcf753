import { readdirSync, readFileSync } from 'node:fs';

/** The files below a folder whose names end so, with their texts; paths begin with the folder. */
export function treeFiles(folder: string, ending: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(`${folder}/${path}`, 'utf8') }));
}
