/** What came of a demo, as a test wants it: everything as promised, then changed where the test says so. */
import type { DemoFacts } from '../../src/cli/demo/demo-facts.ts';
import { demoOutcomes } from '../../src/cli/demo/demo-outcomes.ts';
import type { Release } from '../../src/release/release.ts';
import { type ReleaseView, releaseView } from '../../src/report/release-view.ts';
import { bakingRelease, rolledBackRelease, startedAtMs } from './sample-release.ts';

const viewOf = (release: Release): ReleaseView =>
  releaseView({ release, policy: null, log: [], instances: null, nowMs: startedAtMs + 1_200_000 });

const zeroAtMs = startedAtMs + 700_420;

const promotedView = viewOf({ ...bakingRelease(), phase: { phase: 'watching', watchedMs: 1_000 } });
export const heldView = viewOf(bakingRelease());
export const rolledBackView = viewOf(rolledBackRelease());

export const goodFacts: DemoFacts = {
  healthy: {
    revision: 'v2',
    view: promotedView,
    weights: [25, 50, 100, 0],
    promotedAfterMs: 66_000,
    outage: {
      fromMs: startedAtMs,
      untilMs: startedAtMs + 6_100,
      weights: [50],
      bakedBeforeMs: 5_000,
      bakedAfterMs: 5_000,
      paused: true,
    },
  },
  faulty: { revision: 'v3', view: rolledBackView, weights: [25, 0], promotedAfterMs: null, outage: null },
  users: {
    counts: {
      sent: 103_000,
      classes: { '2xx': 102_956, '3xx': 0, '4xx': 0, '5xx': 44, none: 0 },
      versions: {
        v1: { succeeded: 34_000, failed: 3, firstFailedAtMs: startedAtMs + 5 },
        v2: { succeeded: 67_900, failed: 11, firstFailedAtMs: startedAtMs + 20_000 },
        v3: { succeeded: 1_056, failed: 30, firstFailedAtMs: zeroAtMs - 3_080 },
      },
      latencyMs: { p50: 21, p95: 40, p99: 60, max: 900 },
    },
    longestInterruptionMs: 69,
    servedInOutage: 8_030,
  },
  outage: 'shown',
  interventions: [],
  answered: [],
  cutShort: null,
};

/** Promises that were not kept, each with its objections. */
export const broken = (facts: DemoFacts): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    demoOutcomes(facts)
      .filter(({ objections }) => objections.length > 0)
      .map(({ promise, objections }) => [promise, objections]),
  );
