/** How long sessions live and how many there may be, as configured. */
export interface SessionRules {
  /** A session that is not connected and not used for this long ends; 0 turns this off. */
  readonly idleMs: number;
  /** A session ends this long after its login, connected or not; 0 turns this off. */
  readonly lifetimeMs: number;
  /** Sessions in all. */
  readonly inAll: number;
  /** Of those, how many only admins may have. */
  readonly keptForAdmins: number;
  /** Sessions of one network; users and admins are counted apart. */
  readonly ofNetwork: number;
  readonly bans: number;
}
