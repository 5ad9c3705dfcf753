import fc from 'fast-check';

/** One thing that must hold for any input. */
export interface Property {
  readonly title: string;
  /** Checks it with inputs made from the parameters; resolves with what was found. */
  check(parameters: fc.Parameters<unknown>): Promise<Finding>;
}

/** What came of checking a property. */
export interface Finding {
  readonly runs: number;
  /** Undefined: nothing was found. */
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly seed: number;
  /** Leads to the shrunk counterexample at once. */
  readonly path: string;
  readonly report: string;
}

/** A reader of outside input, and what must hold for it. */
export interface Target {
  readonly name: string;
  readonly properties: readonly Property[];
  /** Starts what the properties need, such as a server; returns its release. */
  readonly open?: () => Promise<() => Promise<void>>;
}

/** A property that throws when it does not hold. */
export function holds<Inputs extends [unknown, ...unknown[]]>(
  title: string,
  arbitraries: { [K in keyof Inputs]: fc.Arbitrary<Inputs[K]> },
  predicate: (...inputs: Inputs) => void,
): Property {
  const property = fc.property(...arbitraries, (...inputs: Inputs) => predicate(...inputs));
  return { title, check: async (parameters) => findingOf(fc.check(property, parameters as fc.Parameters<Inputs>)) };
}

/** The same for what takes its time. */
export function holdsAsync<Inputs extends [unknown, ...unknown[]]>(
  title: string,
  arbitraries: { [K in keyof Inputs]: fc.Arbitrary<Inputs[K]> },
  predicate: (...inputs: Inputs) => Promise<void>,
): Property {
  const property = fc.asyncProperty(...arbitraries, (...inputs: Inputs) => predicate(...inputs));
  return { title, check: async (parameters) => findingOf(await fc.check(property, parameters as fc.Parameters<Inputs>)) };
}

function findingOf<Inputs>(details: fc.RunDetails<Inputs>): Finding {
  const { numRuns, failed, seed, counterexamplePath } = details;
  if (!failed || counterexamplePath === null) return { runs: numRuns, failure: undefined };
  return { runs: numRuns, failure: { seed, path: counterexamplePath, report: fc.defaultReportMessage(details) ?? '' } };
}
