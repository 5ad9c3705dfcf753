/** The largest JSON body; a pasted document fits, a memory bomb does not. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The largest WebSocket message; neko has no limit, and nothing that clients send comes near. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
