// Modules of the built server that the launcher uses, so that both read settings the same way.

/**
 * @typedef {object} ServerModules
 * @property {typeof import('../../server/config/load.js')} load
 * @property {typeof import('../../server/config/schema.js')} schema
 * @property {typeof import('../../server/config/sources/secret-files.js')} secretFiles
 */

/**
 * Their paths below the folder of main.js.
 * @type {Readonly<Record<keyof ServerModules, string>>}
 */
export const SERVER_MODULES = {
  load: 'config/load.js',
  schema: 'config/schema.js',
  secretFiles: 'config/sources/secret-files.js',
};

/**
 * `main` is the URL of dist/server/main.js.
 * @template {keyof ServerModules} Name
 * @param {string | URL} main
 * @param {Name} name
 * @returns {Promise<ServerModules[Name]>}
 */
export const serverModule = (main, name) => import(new URL(SERVER_MODULES[name], main).href);
