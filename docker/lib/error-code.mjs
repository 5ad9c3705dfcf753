/**
 * The code of a thrown value, such as ENOENT; undefined where it has none.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export const errorCode = (error) => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/**
 * The message to show for a thrown value.
 * @param {unknown} error
 */
export const errorMessage = (error) => (error instanceof Error ? error.message : String(error));
