/** Which server of HAProxy's configuration stands for which endpoint. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { WriteProblem } from '../router.ts';

export interface Seating {
  /** Servers that the policy names for this version, in their order. */
  readonly names: readonly string[];
  /** Address of each server that is pointed somewhere now. */
  readonly taken: Readonly<Record<string, string>>;
  /** Address that HAProxy has for each server, pointed or not. */
  readonly found: Readonly<Record<string, string>>;
}

/**
 * An endpoint keeps its server; a new one gets the server that has its address already, else a free one, else one whose
 * endpoint goes. Refuses more endpoints than servers.
 */
export function seat(
  addresses: readonly string[],
  { names, taken, found }: Seating,
): Result<Readonly<Record<string, string>>, WriteProblem> {
  if (addresses.length > names.length) return failed(tooMany(addresses.length, names));
  const wanted = new Set(addresses);
  const seats: Record<string, string> = {};
  const give = (candidates: readonly string[], fits: (name: string) => string | undefined): void => {
    for (const name of candidates) {
      const address = seats[name] === undefined ? fits(name) : undefined;
      if (address === undefined || !wanted.delete(address)) continue;
      seats[name] = address;
    }
  };
  give(names, (name) => taken[name]);
  give(names, (name) => (taken[name] === undefined ? found[name] : undefined));
  const next = (): string | undefined => [...wanted][0];
  give(
    names.filter((name) => taken[name] === undefined),
    next,
  );
  give(names, next);
  return ok(seats);
}

const tooMany = (count: number, names: readonly string[]): WriteProblem => ({
  reason: 'Refused',
  message: `${count} endpoints are ready and haproxy has only ${names.length} ${names.length === 1 ? 'server' : 'servers'} for them (${names.join(', ')}): add servers to its backend and to traffic.haproxy`,
});
