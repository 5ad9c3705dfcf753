/**
 * Signals that end us in good order.
 * @type {readonly NodeJS.Signals[]}
 */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
