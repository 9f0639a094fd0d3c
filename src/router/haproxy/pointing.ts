/** Whether one HAProxy sends where it was decided, whatever share it carries. */
import type { Backend } from '../deck.ts';
import type { BackendSeen } from './show.ts';
import type { Place } from './tending.ts';

const backends: readonly Backend[] = ['canary', 'stable'];

/** No server in service points anywhere that was not decided. Servers of a stable that nobody pointed yet are not ours. */
export function isHeard({ ledger, names }: Pick<Place, 'ledger' | 'names'>, seen: BackendSeen): boolean {
  const isOurs = (backend: Backend): boolean => backend === 'canary' || ledger.route.targets.stable.revision !== null;
  return backends.filter(isOurs).every((backend) =>
    names[backend].every((name) => {
      const server = seen.servers.get(name);
      return server === undefined || server.held !== 'no' || server.address === ledger.slots[backend][name];
    }),
  );
}

/** Servers that Sluice put in service are those that are pointed now: what others made of the weights is left as it is then. */
export function isSeated({ ledger, names, record, seen }: Place): boolean {
  const given = record.given ?? {};
  return backends.every((backend) =>
    names[backend].every((name) => {
      const address = ledger.slots[backend][name];
      const isGiven = given[name] !== undefined;
      if (address === undefined) return !isGiven;
      if (backend === 'canary' && record.percent === 0) return true;
      return isGiven && seen?.servers.get(name)?.address === address;
    }),
  );
}
