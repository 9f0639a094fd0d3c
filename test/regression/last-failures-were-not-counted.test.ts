/**
 * The rollback card told fewer failed requests than users had met: what failed after the verdict was not counted, and the
 * canary's instances went, with their counters, before they were read once more.
 */
import { expect, it } from 'vitest';
import { isCountedToTheEnd } from '../../src/release/last-counts.ts';
import { observe } from '../../src/release/observe.ts';
import type { Release } from '../../src/release/release.ts';
import { rollbackRemaining } from '../../src/rollback/remaining.ts';
import { judge } from '../../src/verdict/judge.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';
import { aRule } from '../support/a-rule.ts';
import { aRoute, aWorkload } from '../support/a-world.ts';
import { atStep, counts, errorRate, readingOf, settings } from '../verdict/a-rule.ts';
import { course } from '../verdict/course.ts';

it('counts what users meet after the verdict, without judging it again', () => {
  const bad = { canary: counts(375, 300), stable: counts(1125, 1) };
  const { state, verdict } = course(errorRate).ticks(10, bad);
  const reading = readingOf((state.lastAtMs ?? 0) + 15_000, bad);
  const after = judge(errorRate, settings, { state, reading, context: atStep({ weight: 0, step: null }) });
  expect(after.verdict).toEqual(verdict);
  expect(after.state.canary).toEqual(counts(state.canary.events + 375, state.canary.bad + 300));
});

const serving = { stable: 'v1', canary: null };
const route = aRoute({ canary: 0, canaryInFlight: 0 });

const emptied = (sampleAtMs: number, updatedAtMs = startMs + 1_000): Release => {
  const release = inPhase({ ...phases.rollingBack, zeroAtMs: startMs, emptyAtMs: startMs }, { updatedAtMs });
  const target = { atMs: sampleAtMs, source: 'main', fromMs: 0, intervalMs: 1_000, startMs: null, series: {} };
  const selector = { metric: 'requests_total', matchers: [] };
  return {
    ...release,
    rules: { ...release.rules, rules: [aRule({ sli: { kind: 'ratio', bad: selector, total: selector } })] },
    evidence: { ...release.evidence, memory: { ...release.evidence.memory, targets: { 'canary:1': target } } },
  };
};

it('keeps the instances until a sample from after the last request was read, and no longer than a few seconds', () => {
  const next = (release: Release) => rollbackRemaining(release, { route, workload: aWorkload({ serving }) });
  expect(isCountedToTheEnd(emptied(startMs - 500))).toBe(false);
  expect(next(emptied(startMs - 500))).toBeNull();
  const away = { kind: 'scale', revision: 'v2', replicas: 0 };
  expect(next(emptied(startMs + 500))).toEqual(away);
  expect(next(emptied(startMs - 500, startMs + 5_000))).toEqual(away);
});

it('knows when nothing is open on the canary any more', () => {
  const draining = inPhase({ ...phases.rollingBack, zeroAtMs: startMs }, {});
  const seen = (canaryInFlight: number): Release =>
    observe(
      { ...draining, weight: { ...draining.weight, applied: 0, desired: 0 } },
      { nowMs: startMs + 9, epoch: 1, route: aRoute({ canary: 0, canaryInFlight }), workload: aWorkload({}) },
    ).release;
  expect(seen(3).phase).toMatchObject({ emptyAtMs: null });
  expect(seen(0).phase).toMatchObject({ emptyAtMs: startMs + 9 });
});
