/** What releases meet in real runs, whatever splits the traffic: each function begins one in a world and holds it to its end. */
import { expect } from 'vitest';
import type { ReleaseView } from '../../src/report/release-view.ts';
import { eventually } from './eventually.ts';
import { signalById } from './process.ts';
import { bakingAt, ended, holdsFor } from './standing.ts';
import { expectConviction, expectWholeLog } from './whole-log.ts';
import type { World } from './world.ts';

export const slowTail = { SLOW_RATE: '0.3', SLOW_MS: '1000' };

export const latencyRule = (alert: string): string =>
  `response_time_p95: { threshold: 500ms, window: 5m, alert: ${alert} }\n`;

/** 5 % errors from its first request on. */
export async function badFromTheStart(world: World, revision: string): Promise<ReleaseView> {
  await world.start(revision, { env: { ERROR_RATE: '0.05' } });
  const done = await world.until(ended);
  expect(done).toMatchObject({ phase: 'rolledBack', frozen: true, rollback: { rule: 'error_rate' } });
  expect(world.weights()).toEqual([0, 25, 0]);
  expectWholeLog(await world.log());
  expectConviction(await world.log(), 'error_rate');
  return done;
}

/** 5 % errors, which begin at 50 %. */
export async function badAtHalf(world: World, revision: string): Promise<ReleaseView> {
  await world.start(revision);
  await world.until(bakingAt(2));
  await world.control(revision, { errorRate: 0.05 });
  const done = await world.until(ended);
  expect(done).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'error_rate' } });
  expect(world.weights()).toEqual([0, 25, 50, 0]);
  expect(done.rollback?.requestsFailed).toBeGreaterThan(0);
  return done;
}

/** A p95 beyond 500 ms, where that rule is critical. */
export async function slowFromTheStart(world: World, revision: string): Promise<void> {
  await world.start(revision, { env: slowTail });
  const done = await world.until(ended);
  expect(done).toMatchObject({ phase: 'rolledBack', rollback: { rule: 'response_time_p95' } });
  expect(world.weights()).toEqual([0, 25, 0]);
}

/** Instances that answer nothing any more. */
export async function hangingAtTheFirstStep(world: World, revision: string): Promise<ReleaseView> {
  await world.start(revision);
  await world.until(bakingAt(1));
  await world.control(revision, { hang: true });
  const hungAtMs = Date.now();
  const done = await world.until(ended);
  expect(done.phase).toBe('rolledBack');
  expect(['CanaryLost', 'GrossFailure', 'Breach']).toContain(done.cause?.reason);
  expect(world.weights()).toEqual([0, 25, 0]);
  expect((world.spans().at(-1)?.fromMs ?? 0) - hungAtMs).toBeLessThan(10_000);
  return done;
}

/** One instance is killed each time that it is started again. */
export async function dyingAllTheTime(world: World, revision: string): Promise<void> {
  const dead = { over: false };
  const killing = killAgainAndAgain(world, revision, dead);
  const done = await world.until(ended);
  dead.over = true;
  await killing;
  expect(done).toMatchObject({ phase: 'rolledBack', cause: { reason: 'CanaryLost' } });
}

async function killAgainAndAgain(world: World, revision: string, dead: { readonly over: boolean }): Promise<void> {
  const id = world.instances(revision)[0]?.id;
  let last: number | null = null;
  await eventually(
    () => {
      const pid = world.instances(revision).find((each) => each.id === id)?.pid ?? null;
      if (pid !== null && pid !== last && signalById(pid, 'SIGKILL')) last = pid;
      return dead.over;
    },
    { withinMs: 60_000 },
  );
}

/** Both versions fail, long after the last raise: nobody's fault. */
export async function outageLongAfterTheRise(
  world: World,
  both: readonly [string, string],
  failures = 1_000,
): Promise<void> {
  const { steps } = await world.until((view) => bakingAt(2)(view) && (view.steps[1]?.bakedMs ?? 0) > 5_000);
  expect(steps[1]?.bakedMs).toBeLessThan(12_000);
  const failedBefore = world.failed();
  const everyone = (errorRate: number) => Promise.all(both.map((each) => world.control(each, { errorRate })));
  await everyone(0.3);
  await world.until(holdsFor('EnvironmentBad'));
  await world.until(({ rules }) => (rules[0]?.events ?? 0) > 0 && world.failed() > failedBefore + failures);
  expect(world.weights()).toEqual([0, 25, 50]);
  await everyone(0);
}

/** Both versions fail, right after a raise: blamed on it. */
export async function outageRightAfterTheRise(world: World, both: readonly [string, string]): Promise<void> {
  await world.start(both[1]);
  await world.until(({ weight }) => weight.applied === 50);
  await Promise.all(both.map((each) => world.control(each, { errorRate: 0.3 })));
  const done = await world.until(ended);
  expect(done).toMatchObject({ phase: 'rolledBack', cause: { reason: 'SharedAfterRise' } });
  expect(world.weights()).toEqual([0, 25, 50, 0]);
}

/** Prometheus is gone: held, no bake, and the same plan goes on afterwards. Needs `blindFor: 3m`. */
export async function prometheusGone(world: World, blindMs: number): Promise<void> {
  await world.until(bakingAt(2));
  const [prometheus] = world.prometheus;
  await prometheus?.process().end('SIGKILL');
  await world.until(({ pauses }) => pauses.some(({ by }) => by === 'blind'), 30_000);
  await world.until(({ sight }) => sight.blindMs > blindMs, 30_000 + blindMs);
  expect(world.weights()).toEqual([0, 25, 50]);
  const bakedMs = (await world.release()).steps[1]?.bakedMs ?? 0;
  await prometheus?.restart();
  const back = await world.until(({ sight }) => sight.blindSinceMs === null, 30_000);
  expect(back.steps[1]?.bakedMs).toBeLessThan(bakedMs + 2_000);
}
