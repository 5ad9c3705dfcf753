/** What one direction of a link does to packets; what is left out is perfect. */
export interface LinkQuality {
  /** Bits of IP packets per second. */
  readonly rateBps?: number;
  /** How many bytes may wait while another packet is being sent; a packet that does not fit is dropped. */
  readonly queueBytes?: number;
  /** From the end of sending to the other end. */
  readonly delayMs?: number;
  /** The delay differs by up to so much to either side, evenly; packets stay in order, as on one cable. */
  readonly jitterMs?: number;
  /** Share of packets that are sent and get lost, 0 to 1. */
  readonly loss?: number;
  /** Share of packets that are held back while later ones pass. */
  readonly reorder?: number;
  /** For how long they are held back. */
  readonly reorderMs?: number;
}

/** What became of the packets of one direction. */
export interface LinkCounts {
  /** Reached the other end. */
  readonly delivered: number;
  readonly lost: number;
  /** Found the queue full. */
  readonly overflowed: number;
  readonly heldBack: number;
  /** Are waiting or travelling now. */
  readonly inside: number;
}

/** Both directions, named for the end that they lead to. */
export interface BothWays<T> {
  readonly toLeft: T;
  readonly toRight: T;
}

/** A line on the standard input of the link's process; each is answered by a line. */
export type LinkRequest = { readonly change: Partial<BothWays<LinkQuality>> } | { readonly counts: true };

/** The argument of the link's process. */
export interface LinkOptions extends BothWays<LinkQuality> {
  readonly seed: number;
}
