/** Folds what one HAProxy shows into its record: a new process has lost what it was given, and others may have changed it. */
import { type Ledger, type PlaceRecord, recordOf } from './ledger.ts';
import { isSeated } from './pointing.ts';
import type { BackendSeen } from './show.ts';
import { everyServer, type Place, percentFound, type ServerNames, takers } from './tending.ts';

interface Noted {
  readonly record: PlaceRecord;
  readonly event: 'none' | 'restarted' | 'changed';
}

type Context = Omit<Place, 'record' | 'seen'> & {
  readonly seen: BackendSeen;
  /** Share that was decided last. */
  readonly decided: number;
};

/** `record`: null where this HAProxy was not seen before. */
function note(record: PlaceRecord | null, context: Context): Noted {
  const { seen, decided } = context;
  if (record === null || record.process !== seen.process) return { record: recordOf(seen.process), event: 'restarted' };
  const place: Place = { ...context, record };
  // Where servers are still to be pointed, those that serve yet make the share, not those that are to.
  const serving = isSeated(place) ? place : everyServer(context.names, seen, context.ledger);
  const found = Math.ceil(percentFound(serving) ?? record.percent);
  if (!changedByOthers(place, found)) return { record, event: 'none' };
  // Other weights that make the same share, or a write of ours whose record was lost: ours again.
  if (found === record.percent || found === decided)
    return { record: { ...record, percent: found, by: 'us' }, event: found === record.percent ? 'none' : 'changed' };
  return { record: { ...record, percent: found, by: 'others', given: weightsOf(record, seen) }, event: 'changed' };
}

export interface Look {
  readonly names: ServerNames;
  readonly seen: BackendSeen;
  /** `off`: somebody else moves the weights, and what is found there is what holds. */
  readonly hands: 'on' | 'off';
  readonly nowMs: number;
}

/** The ledger after a look at the place of that name: another version when anything is not as it was given. */
export function noteIn(ledger: Ledger, name: string, { names, seen, hands, nowMs }: Look): Ledger {
  const before = ledger.places[name] ?? null;
  const { record, event } = note(before, { names, ledger, seen, decided: ledger.route.canary });
  const found = hands === 'off' ? Math.ceil(percentFound(everyServer(names, seen, ledger)) ?? 0) : record.percent;
  const kept = hands === 'off' ? { ...record, given: null, percent: found } : record;
  const { route } = ledger;
  const isMoved = event !== 'none' || (hands === 'off' && found !== before?.percent);
  return {
    ...ledger,
    places: { ...ledger.places, [name]: kept },
    route: {
      ...route,
      serial: isMoved ? route.serial + 1 : route.serial,
      startedAtMs: event === 'restarted' ? Math.max(nowMs, route.startedAtMs + 1) : route.startedAtMs,
    },
    countedAt: event === 'restarted' ? null : ledger.countedAt,
  };
}

/** A server that goes down or is taken out for repair is none of it: the others carry the same share. */
function changedByOthers(place: Place, found: number): boolean {
  const { names, record, seen } = place;
  if (record.given === null) return false;
  const { given } = record;
  const reweighed = Object.entries(given).some(([name, weight]) => seen?.servers.get(name)?.weight !== weight);
  const noCanary = record.percent > 0 && takers(place, 'canary').length === 0;
  const unasked = found > 0 && !names.canary.some((name) => given[name] !== undefined);
  return reweighed || noCanary || unasked || (record.by === 'others' && found !== record.percent);
}

const weightsOf = ({ given }: PlaceRecord, seen: BackendSeen): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.keys(given ?? {}).map((name) => [name, seen.servers.get(name)?.weight ?? 0]));
