const TOKEN = 'neko.token';
const NAME = 'neko.name';

/**
 * Values that survive a reload. Each tab has its own token for as long as the tab is open, so that two tabs are two viewers;
 * the name is kept for the next visit. Passwords are never stored.
 */
export const storage = {
  /** Null when there is none; empty when the token is in a cookie. */
  readToken: (): string | null => guarded(() => sessionStorage.getItem(TOKEN), null),
  writeToken: (token: string): void => guarded(() => sessionStorage.setItem(TOKEN, token), undefined),
  forgetToken: (): void => guarded(() => sessionStorage.removeItem(TOKEN), undefined),
  readName: (): string => guarded(() => localStorage.getItem(NAME), null) ?? '',
  writeName: (name: string): void => guarded(() => localStorage.setItem(NAME, name), undefined),
};

/** Storage throws where the browser blocks it; the page works without. */
function guarded<T>(access: () => T, otherwise: T): T {
  try {
    return access();
  } catch {
    return otherwise;
  }
}
