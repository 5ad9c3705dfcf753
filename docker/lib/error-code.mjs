/**
 * The code of what was thrown, such as ENOENT; undefined where it has none.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export const errorCode = (error) => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/**
 * What to show of what was thrown.
 * @param {unknown} error
 */
export const errorMessage = (error) => (error instanceof Error ? error.message : String(error));
