import type { DoctorView } from '../protocol/doctor.js';

const MARKS = { works: 'ok', blocked: 'NO', wrong: 'NO', untested: '? ' } as const;

/** The server's own side as a short table for the log: one line per port, address and helper. Pure. */
export function startTable({ listening, advertised, external, findings }: DoctorView): string {
  const rows: [string, string][] = [
    ...grouped(listening.map(({ transport, ports, address }) => [`${transport.toUpperCase()} ${ports}`, address] as const)).map(
      ([port, addresses]): [string, string] => ['listens on', `${port}  (${addresses.join(', ')})`],
    ),
    ...advertisedPlaces(advertised).map((text): [string, string] => ['viewers get', text]),
    ...(external.length === 0
      ? [['because', 'no external address is set: these are the local ones'] satisfies [string, string]]
      : []),
    ...external.map(({ address, source }): [string, string] => ['because', `${source} says ${address}`]),
    ...findings
      .filter(({ kind, state }) => kind === 'stun' || kind === 'turn' || kind === 'http' || state === 'blocked')
      .map(({ label, state, explanation, rtt_ms }): [string, string] => {
        return [MARKS[state], state === 'works' ? `${label} answers in ${Math.ceil(rtt_ms ?? 0)} ms` : explanation || label];
      }),
  ];
  return ['network, as the server sees it:', ...rows.map(([name, text]) => `  ${name.padEnd(12)}${text}`)].join('\n');
}

function advertisedPlaces(advertised: DoctorView['advertised']): string[] {
  const all = Object.entries(advertised).flatMap(([network, candidates]) =>
    candidates.map(({ type, address, port }) => [`${network.slice(0, 3).toUpperCase()} ${type}`, address, port] as const),
  );
  if (all.length === 0) return ['nothing: no socket could be opened, see above'];
  const lines = grouped(all.map(([name, address]) => [name, address] as const));
  return lines.map(([name, addresses]) => `${name}  ${[...new Set(addresses)].join(', ')}`);
}

function grouped(pairs: readonly (readonly [string, string])[]): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return [...groups];
}
