/** Ends every switch over a discriminated union: reaching it is a bug, so it throws. */
export function assertNever(value: never): never {
  throw new Error(`unexpected variant: ${JSON.stringify(value)}`);
}
