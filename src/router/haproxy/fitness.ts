/** What stands between a HAProxy and a release, by what its runtime API shows: each with what to do about it. */
import type { Finding } from '../finding.ts';
import type { BackendSeen, ServerSeen } from './show.ts';
import type { ServerNames } from './tending.ts';

export interface Examined {
  readonly backend: string;
  readonly names: ServerNames;
  readonly seen: BackendSeen;
  /** Answer to `show table`. */
  readonly tables: string;
  /** Answer to `show cli level`: what its socket lets us do. */
  readonly level: string;
}

type Check = (examined: Examined) => readonly Finding[];

const unfit = (message: string, fix: string): readonly Finding[] => [{ grade: 'unfit', message, fix }];
const beware = (message: string, fix: string): readonly Finding[] => [{ grade: 'beware', message, fix }];

/** Algorithms that take no weights while HAProxy runs, or follow no weights at all. */
const fixed = new Set(['static-rr', 'first']);
/** Algorithms that send the same request to the same server: static unless hashed consistently, and then only roughly by weight. */
const hashed = /^(source|uri|url_param|hdr|rdp-cookie|hash)/;

const named = ({ names }: Examined): readonly string[] => [...names.stable, ...names.canary];

const ours = (examined: Examined): readonly ServerSeen[] =>
  named(examined).flatMap((name) => examined.seen.servers.get(name) ?? []);

const namesOf = (servers: readonly ServerSeen[]): string => servers.map(({ name }) => name).join(', ');

const stay = 'expect it, or take it out; at 0 nobody stays, for the servers of the canary are in maintenance then';

const missing: Check = (examined) => {
  const gone = named(examined).filter((name) => !examined.seen.servers.has(name));
  if (gone.length === 0) return [];
  const there = [...examined.seen.servers.keys()].join(', ');
  return unfit(
    `backend ${examined.backend} has no server ${gone.join(', ')}`,
    `add it, or name what there is: ${there}`,
  );
};

/** Servers that nobody named get requests that belong to neither version. */
const strangers: Check = (examined) => {
  const known = new Set(named(examined));
  const others = [...examined.seen.servers.values()].filter(({ name, held, weight }) => {
    return !known.has(name) && held === 'no' && weight > 0;
  });
  if (others.length === 0) return [];
  return unfit(
    `${namesOf(others)} of backend ${examined.backend} get requests outside of the split`,
    'name them in traffic.haproxy, or put them in maintenance',
  );
};

const balance: Check = ({ backend, seen: { algorithm } }) => {
  if (fixed.has(algorithm))
    return unfit(`balance ${algorithm} of backend ${backend} follows no weights while it runs`, 'use roundrobin');
  if (hashed.test(algorithm))
    return beware(
      `balance ${algorithm} of backend ${backend} sends a client to a server by a hash, where without hash-type consistent no weights count at all, and with it the share is that of the hashed values, not of the requests`,
      'use roundrobin',
    );
  if (algorithm !== 'leastconn') return [];
  return beware(
    `balance leastconn of backend ${backend} evens out connections, so that a slow canary gets fewer requests than its weight`,
    'use roundrobin where the share has to be exact',
  );
};

const agents: Check = (examined) => {
  const led = ours(examined).filter(({ agent }) => agent);
  if (led.length === 0) return [];
  return unfit(
    `an agent changes the weights of ${namesOf(led)}, too`,
    'take agent-check off these servers, or let it answer no weights',
  );
};

const cookies: Check = (examined) => {
  const sticky = ours(examined).filter(({ cookie }) => cookie !== '');
  if (sticky.length === 0) return [];
  return beware(
    `a cookie keeps clients on ${namesOf(sticky)}, so that the canary's share is that of new clients`,
    stay,
  );
};

const tables: Check = ({ backend, tables: shown }) => {
  const own = shown.split('\n').find((line) => line.startsWith(`# table: ${backend},`));
  if (own === undefined) return [];
  return beware(
    `backend ${backend} has a stick table; where it stores servers (stick on, stick match) the canary's share is that of new clients`,
    stay,
  );
};

/** A canary that starts with a weight gets requests after each reload, until Sluice has noticed. */
const eager: Check = (examined) => {
  const servers = examined.names.canary.flatMap((name) => examined.seen.servers.get(name) ?? []);
  const starting = servers.filter(({ initial }) => initial > 0);
  if (starting.length === 0) return [];
  return beware(
    `${namesOf(starting)} start with a weight, so that the canary gets requests after a reload until Sluice takes them away`,
    'write `weight 0 disabled` at these servers; weights from a server-state-file do the same, so leave load-server-state-from-file out',
  );
};

const uneven: Check = (examined) => {
  const weights = new Set(examined.names.stable.map((name) => examined.seen.servers.get(name)?.initial));
  if (weights.size <= 1) return [];
  return beware(
    'the servers of stable have different weights in haproxy.cfg, and during a release all of them count alike',
    'give them servers of one size, or expect it',
  );
};

/** Less than `admin` may look, and no more. */
const mayOnlyLook: Check = ({ level }) => {
  const [found = ''] = /^(user|operator|admin)$/m.exec(level) ?? [];
  if (found === 'admin' || found === '') return [];
  return unfit(`its socket has level ${found}, and sets no weights`, 'give it `level admin`');
};

const checks: readonly Check[] = [mayOnlyLook, missing, strangers, balance, agents, cookies, tables, eager, uneven];

/** Everything that is found, the unfit first. */
export const examine = (examined: Examined): readonly Finding[] => {
  const found = checks.flatMap((check) => check(examined));
  return [...found.filter(({ grade }) => grade === 'unfit'), ...found.filter(({ grade }) => grade === 'beware')];
};
