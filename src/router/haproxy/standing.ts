/** What the ledger says of all HAProxies together: the share that counts, who is above it, and what has been counted. */
import { type Route, routeState } from '../route.ts';
import type { MissingPart, RouteState } from '../router.ts';
import type { Counts, Ledger, PlaceRecord } from './ledger.ts';
import type { BackendSeen, ServerSeen } from './show.ts';
import type { ServerNames } from './tending.ts';

/** Latest view of every endpoint, by its name. */
export type Views = ReadonlyMap<string, BackendSeen>;

const percentsOf = ({ places }: Ledger): readonly number[] => Object.values(places).map(({ percent }) => percent);

/** A weight counts when all have it, so the lowest is the one; but more than was decided is more, wherever it is. */
export function reportedPercent(ledger: Ledger): number {
  const percents = percentsOf(ledger);
  if (percents.length === 0) return ledger.route.canary;
  const highest = Math.max(...percents);
  return highest > ledger.route.canary ? highest : Math.min(...percents);
}

/** The route with the share that counts. */
export const reportedRoute = (ledger: Ledger): Route => ({ ...ledger.route, canary: reportedPercent(ledger) });

/** Endpoints that carry more than the one with the least: they go down to it, as one that was reloaded or lowered went first. */
export function aboveTheLeast(ledger: Ledger): readonly string[] {
  const least = Math.min(...percentsOf(ledger));
  if (reportedPercent(ledger) > least) return [];
  return Object.entries(ledger.places).flatMap(([name, { percent }]) => (percent > least ? [name] : []));
}

export const withRecord = (ledger: Ledger, name: string, change: Partial<PlaceRecord>): Ledger => {
  const before = ledger.places[name];
  return before === undefined ? ledger : { ...ledger, places: { ...ledger.places, [name]: { ...before, ...change } } };
};

/** All endpoints that are known are to carry this share. */
export const withPercent = (ledger: Ledger, percent: number): Ledger => ({
  ...ledger,
  places: Object.fromEntries(
    Object.entries(ledger.places).map(([name, record]) => [name, { ...record, percent, by: 'us' as const }]),
  ),
});

/** Counts anew where another share has begun. */
export function recounted(ledger: Ledger, views: Views, names: ServerNames): Ledger {
  const percent = reportedPercent(ledger);
  if (ledger.countedAt === percent) return ledger;
  const places = Object.entries(ledger.places).map(([name, record]) => {
    const view = views.get(name);
    return [name, view === undefined ? record : { ...record, counted: servedOf(view, names) }] as const;
  });
  return { ...ledger, places: Object.fromEntries(places), countedAt: percent };
}

function servedOf({ servers }: BackendSeen, names: ServerNames): Counts {
  const total = (group: readonly string[]): number =>
    group.reduce((sum, name) => sum + (servers.get(name)?.served ?? 0), 0);
  return { canary: total(names.canary), stable: total(names.stable) };
}

export interface Found {
  readonly views: Views;
  /** Endpoints that there is no view of. */
  readonly missing: readonly MissingPart[];
}

/** What the port shows, from views of the endpoints that answer. */
export function stateOf(ledger: Ledger, { views, missing }: Found, names: ServerNames): RouteState {
  const since = { canary: 0, stable: 0 };
  let canaryInFlight = 0;
  for (const [name, { counted }] of Object.entries(ledger.places)) {
    const view = views.get(name);
    if (view === undefined) continue;
    const served = servedOf(view, names);
    since.canary += Math.max(0, served.canary - counted.canary);
    since.stable += Math.max(0, served.stable - counted.stable);
    for (const server of names.canary) canaryInFlight += view.servers.get(server)?.sessions ?? 0;
  }
  // Counts of some of them are no share of all.
  const state = routeState(reportedRoute(ledger), { since: missing.length === 0 ? since : null, canaryInFlight });
  const all = [...views.values()];
  return {
    ...state,
    ...(missing.length === 0 ? {} : { missing }),
    // In maintenance, where a canary at 0 is, nothing is checked; that it is there is for the workload to say.
    canaryReady:
      state.canaryReady &&
      all.every((view) => answers(view, ledger.slots.canary, ({ held, up }) => up || held !== 'no')),
    stableReady:
      state.stableReady &&
      all.some((view) => answers(view, ledger.slots.stable, ({ held, up }) => up && held === 'no')),
  };
}

const answers = (
  { servers }: BackendSeen,
  slots: Readonly<Record<string, string>>,
  can: (server: ServerSeen) => boolean,
): boolean =>
  Object.keys(slots).some((name) => {
    const server = servers.get(name);
    return server !== undefined && can(server);
  });
