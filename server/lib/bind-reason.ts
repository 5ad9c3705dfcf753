const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken by another program (ss -tulnp names it)',
  EACCES: 'this user may not use the port',
  EADDRNOTAVAIL: 'this machine does not have the address',
};

/** Why a port could not be opened, in words; what the system said where its code is none of the usual ones. */
export function bindReason({ code, message }: { readonly code?: string; readonly message: string }): string {
  return REASONS[code ?? ''] ?? message;
}
