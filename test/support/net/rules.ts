/** nftables rulesets for routers and packet filters; `host.rules` adds them to those that are there. */

/** Hides everything behind the address of `outside`, as home routers do: one mapping serves all destinations. */
export function masquerade(outside: string): string {
  return nat('postrouting', 'srcnat', `oifname "${outside}" masquerade`);
}

/** The strict kind: each destination sees another port, chosen at random. */
export function symmetricNat(outside: string): string {
  return nat('postrouting', 'srcnat', `oifname "${outside}" masquerade random,fully-random`);
}

/** Passes a port of one of the router's addresses on to a host behind it. */
export function mapPort(protocol: 'udp' | 'tcp', external: string, externalPort: number, to: string, port: number): string {
  return nat('prerouting', 'dstnat', `ip daddr ${external} ${protocol} dport ${externalPort} dnat to ${to}:${port}`);
}

/** Drops what matches on its way through a router, or into a host or out of it. */
export function drop(hook: 'input' | 'forward' | 'output', match: string): string {
  return chain('inet', 'filter', hook, 'filter', `${match} drop`);
}

/** Lets nobody in from outside who was not asked; load it after `mapPort`, whose ports stay open. */
export function closedTo(outside: string): string {
  return drop('forward', `iifname "${outside}" ct state new ct status & dnat == 0`);
}

function nat(hook: 'prerouting' | 'postrouting', priority: string, rule: string): string {
  return chain('ip', 'nat', hook, priority, rule);
}

function chain(family: string, type: string, hook: string, priority: string, rule: string): string {
  return `table ${family} lab {
  chain ${hook}_${type} {
    type ${type} hook ${hook} priority ${priority}; policy accept;
    ${rule}
  }
}
`;
}
