/** A peer that uses a port. */
export interface PortUser {
  /** Nothing is heard from its viewer any more; it may come back. */
  readonly isSilent: boolean;
}

/** Which ports of a range are in use on one local address, and by whom. Pure. */
export class PortUse {
  readonly #users = new Map<number, Set<PortUser>>();

  constructor(
    private readonly minPort: number,
    private readonly maxPort: number,
  ) {}

  /** Takes the first port from `start` on that nobody uses, round the end of the range; undefined if there is none. */
  take(start: number, user: PortUser, without: ReadonlySet<number>): number | undefined {
    const size = this.maxPort - this.minPort + 1;
    for (let i = 0; i < size; i++) {
      const port = this.minPort + ((start - this.minPort + i) % size);
      if (this.#users.has(port) || without.has(port)) continue;
      this.#users.set(port, new Set([user]));
      return port;
    }
    return undefined;
  }

  /** Joins the users of the port with the fewest that are heard, then with the fewest; undefined if nobody uses one. */
  share(user: PortUser, without: ReadonlySet<number>): number | undefined {
    let best: { readonly port: number; readonly heard: number; readonly users: Set<PortUser> } | undefined;
    for (const [port, users] of this.#users) {
      if (without.has(port)) continue;
      const heard = [...users].filter(({ isSilent }) => !isSilent).length;
      if (!best || heard < best.heard || (heard === best.heard && users.size < best.users.size)) best = { port, heard, users };
    }
    best?.users.add(user);
    return best?.port;
  }

  /** True if it was the last user of the port. */
  leave(port: number, user: PortUser): boolean {
    const users = this.#users.get(port);
    if (!users?.delete(user) || users.size > 0) return false;
    this.#users.delete(port);
    return true;
  }
}
