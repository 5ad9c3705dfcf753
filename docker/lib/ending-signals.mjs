/**
 * What we end in good order on.
 * @type {readonly NodeJS.Signals[]}
 */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
