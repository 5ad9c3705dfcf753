/** The configured lifetime and number of sessions. */
export interface SessionRules {
  /** A session that is not connected and not used for this long ends; 0 turns this off. */
  readonly idleMs: number;
  /** A session ends this long after its login, connected or not; 0 turns this off. */
  readonly lifetimeMs: number;
  /** Sessions in all. */
  readonly inAll: number;
  /** How many of those are kept for admins. */
  readonly keptForAdmins: number;
  /** Sessions of one network; those of users and of admins are counted separately. */
  readonly ofNetwork: number;
  readonly bans: number;
}
