/** The split of a data plane of our own, as a value that the proxy and the in-memory router share. */
import type { Backend } from './deck.ts';
import type { RouteState, SwitchedOff } from './router.ts';

export interface Target {
  readonly revision: string | null;
  /** Origins, `http://host:port`. */
  readonly endpoints: readonly string[];
}

export interface Route {
  /** Percent for the canary; stable gets the rest. */
  readonly canary: number;
  /** Counts the changes since the data plane started. */
  readonly serial: number;
  readonly epoch: number;
  readonly release: string | null;
  /** Releases that were taken back, oldest first: none of them is ever raised again. */
  readonly latched: readonly string[];
  readonly targets: Readonly<Record<Backend, Target>>;
  readonly startedAtMs: number;
  readonly switchedOff?: SwitchedOff | undefined;
}

const nothing: Target = { revision: null, endpoints: [] };

/** All traffic to a stable that has no endpoints yet. */
export const emptyRoute = (startedAtMs: number): Route => ({
  canary: 0,
  serial: 0,
  epoch: 0,
  release: null,
  latched: [],
  targets: { canary: nothing, stable: nothing },
  startedAtMs,
});

/** What is left of a route over a restart of its data plane: everything but the canary's traffic. */
export const restarted = (route: Route, nowMs: number): Route => ({
  ...route,
  canary: 0,
  serial: 0,
  startedAtMs: Math.max(nowMs, route.startedAtMs + 1),
});

/** Never the same for two writes, nor for two processes. */
export const versionOf = (route: Route): string => `${route.startedAtMs}-${route.serial}`;

export const isReady = (target: Target): boolean => target.endpoints.length > 0;

/** What the port shows of a route. */
export function routeState(route: Route, counted: Pick<RouteState, 'since' | 'canaryInFlight'>): RouteState {
  const { canary, epoch, release, latched, targets, startedAtMs, switchedOff } = route;
  const isLatched = release !== null && latched.includes(release);
  return {
    canary,
    stable: 100 - canary,
    version: versionOf(route),
    epoch,
    release,
    rolledBack: isLatched ? release : (latched.at(-1) ?? null),
    startedAtMs,
    canaryReady: isReady(targets.canary),
    stableReady: isReady(targets.stable),
    ...(switchedOff !== undefined && { switchedOff }),
    ...counted,
  };
}
