import { isMapping } from './forms/form.js';

/** The value at a dotted path of a tree, or undefined. */
export function valueAt(tree: object, path: string): unknown {
  let node: unknown = tree;
  for (const name of path.split('.')) {
    if (!isMapping(node)) return undefined;
    node = node[name];
  }
  return node;
}
