/** Asks every HAProxy of a split what stands between it and a release. */
import type { Finding } from '../finding.ts';
import { examine } from './fitness.ts';
import type { HaproxyPlace } from './place.ts';
import type { BackendSeen } from './show.ts';
import type { ServerNames } from './tending.ts';

export interface Examination {
  /** The endpoint's name. */
  readonly place: string;
  /** Null: it does not answer, which is a finding itself. */
  readonly seen: BackendSeen | null;
  readonly findings: readonly Finding[];
}

/** Changes nothing. */
export function examinePlaces(
  places: readonly HaproxyPlace[],
  { backend, names }: { readonly backend: string; readonly names: ServerNames },
): Promise<readonly Examination[]> {
  const each = places.map(async (place): Promise<Examination> => {
    const [asked, tables, level] = await Promise.all([
      place.ask(),
      place.question('show table'),
      place.question('show cli level'),
    ]);
    if (!asked.ok) return { place: place.name, seen: null, findings: [absent(asked.error.message)] };
    const { seen } = asked.value;
    const shown = { tables: tables.ok ? tables.value : '', level: level.ok ? level.value : '' };
    return { place: place.name, seen, findings: examine({ backend, names, seen, ...shown }) };
  });
  return Promise.all(each);
}

const absent = (message: string): Finding => ({
  grade: 'unfit',
  message,
  fix: 'put that right, or take it out of traffic.haproxy.endpoints',
});
