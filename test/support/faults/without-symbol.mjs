// Loaded into a server before anything else: Node's executable exports one symbol less, the one that MISSING_SYMBOL names.
import { createRequire } from 'node:module';

/** @type {{ load(path: string): { func(name: string, ...rest: unknown[]): unknown } }} */
const koffi = createRequire(import.meta.url)('koffi');
const { load } = koffi;
/** @param {string} path */
koffi.load = (path) => {
  const library = load(path);
  /**
   * @param {string} name
   * @param {...unknown} rest
   */
  const func = (name, ...rest) => {
    if (name === process.env.MISSING_SYMBOL) throw new Error(`Cannot find function '${name}' in shared library`);
    return library.func(name, ...rest);
  };
  return { func };
};
