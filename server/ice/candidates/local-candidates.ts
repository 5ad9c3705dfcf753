import type { Candidate } from './candidate.js';

/** The candidates that a peer advertises; each address, port and transport once. */
export class LocalCandidates {
  #all: readonly Candidate[] = [];

  /** `advertise` is called for every new candidate. */
  constructor(private readonly advertise: (candidate: Candidate) => void) {}

  /** Best first. */
  sorted(): readonly Candidate[] {
    return [...this.#all].sort((a, b) => b.priority - a.priority);
  }

  add(candidate: Candidate): void {
    if (has(this.#all, candidate)) return;
    this.#all = [...this.#all, candidate];
    this.advertise(candidate);
  }

  /** The host candidates as they are now: those of addresses that are gone are no longer advertised. */
  setHosts(hosts: readonly Candidate[]): void {
    const before = this.#all;
    const found = before.filter(({ type }) => type !== 'host');
    this.#all = [...hosts.filter((host) => !has(found, host)), ...found];
    for (const candidate of this.#all.filter((each) => !has(before, each))) this.advertise(candidate);
  }
}

function has(list: readonly Candidate[], { address, port, transport }: Candidate): boolean {
  return list.some((each) => each.address === address && each.port === port && each.transport === transport);
}
