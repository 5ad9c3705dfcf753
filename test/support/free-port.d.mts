/** A TCP port of 127.0.0.1 that was free a moment ago, and whose followers no outgoing connection takes. */
export function freePort(): Promise<number>;
