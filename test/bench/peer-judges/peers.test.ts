import { describe, expect, it } from 'vitest';
import { share } from '../../simulate/ending.ts';
import { argoRollouts, measured } from './argo-rollouts.ts';
import { contestName, runContests } from './contest.ts';
import { type Course, courseMinutes, slotsIn } from './course.ts';
import { judges, situations } from './field.ts';
import { flagger } from './flagger.ts';
import { classify, kayenta } from './kayenta.ts';
import { sluice } from './sluice.ts';
import { endingsOf } from './standings.ts';

/** 100 requests a slot in each arm; the canary fails `bad` of them in the minutes that are named. */
const failing = (bad: number, isBad: (minute: number) => boolean): Course =>
  Array.from({ length: slotsIn(courseMinutes * 60) }, (_, slot) => ({
    canary: { events: 100, bad: isBad(Math.floor(slot / slotsIn(60))) ? bad : 0 },
    stable: { events: 100, bad: 0 },
  }));
const always = (): boolean => true;
const promoted = { kind: 'promoted', minutes: courseMinutes } as const;
const convicted = (minutes: number) => ({ kind: 'convicted', minutes });

describe('Flagger', () => {
  const analysis = { intervalSeconds: 60, threshold: 5, metric: { windowSeconds: 60, minPercent: 99 } } as const;

  it('rolls back at the interval after the fifth failed check, in a row or not', () => {
    expect(flagger(analysis)(failing(2, always))).toEqual(convicted(6));
    expect(flagger(analysis)(failing(2, (minute) => minute % 10 === 0))).toEqual(convicted(42));
    expect(flagger(analysis)(failing(2, (minute) => minute < 4))).toEqual(promoted);
  });

  it('lets a rate at its limit through, and fails a check that finds no traffic', () => {
    expect(flagger(analysis)(failing(1, always))).toEqual(promoted);
    const silent = failing(0, always).map(({ stable }) => ({ stable, canary: { events: 0, bad: 0 } }));
    expect(flagger(analysis)(silent)).toEqual(convicted(6));
  });

  it('looks no more often than every 10 s, at the whole window each time', () => {
    expect(flagger({ ...analysis, intervalSeconds: 1 })(failing(2, always))).toEqual(convicted(1));
    expect(flagger({ ...analysis, intervalSeconds: 10 })(failing(100, (minute) => minute === 20))).toEqual(
      convicted(21),
    );
  });
});

describe('Argo Rollouts', () => {
  const metric = { intervalSeconds: 300, windowSeconds: 300, failureLimit: 3, successCondition: atLeast(0.999) };
  const between = { ...metric, failureCondition: (rate: number) => rate < 0.95 };

  it('aborts when more measurements failed than its limit allows', () => {
    expect(argoRollouts(metric)(failing(2, always))).toEqual(convicted(20));
    expect(argoRollouts(metric)(failing(2, (minute) => minute < 15))).toEqual(promoted);
    expect(argoRollouts({ ...metric, count: 3 })(failing(2, always))).toEqual(promoted);
  });

  it('pauses on what is neither success nor failure', () => {
    expect(argoRollouts(between)(failing(2, always)).kind).toBe('open');
    expect(argoRollouts({ ...between, inconclusiveLimit: 20 })(failing(2, always))).toEqual(promoted);
  });

  it.each([
    [metric, 1, 'Successful'],
    [metric, 0.99, 'Failed'],
    [metric, Number.NaN, 'Failed'],
    [between, 1, 'Successful'],
    [between, 0.98, 'Inconclusive'],
    [between, 0.9, 'Failed'],
    [between, Number.NaN, 'Inconclusive'],
  ])('measures by its conditions: %#', (given, rate, phase) => {
    expect(measured(given, rate)).toBe(phase);
  });
});

describe('Kayenta', () => {
  const low = Array.from({ length: 30 }, (_, i) => 0.5 + (i % 7) / 10);

  it.each([
    ['the same series', low, low, 'Pass'],
    ['all points alike', [0, 0, 0], [0, 0, 0], 'Pass'],
    ['a clear shift', low.map((value) => value + 2), low, 'High'],
    ['a clear shift down', low, low.map((value) => value + 2), 'Pass'],
    ['few points that overlap', [2, 6, 7], [1, 2, 3], 'Pass'],
    ['few points apart: its interval ends at the least difference', [5, 6, 7], [1, 2, 3], 'High'],
    ['one wild point', [...low.slice(1), 50], low, 'Pass'],
  ])('%s', (_what, canary, stable, classification) => {
    expect(classify(canary, stable)).toBe(classification);
  });

  it('fails at the first look below marginal, and at the end below pass', () => {
    const bad = failing(2, always);
    expect(kayenta({ everyMinutes: 5, marginal: 75, pass: 95 })(bad)).toEqual(convicted(5));
    expect(kayenta({ everyMinutes: 5, marginal: 0, pass: 95 })(bad)).toEqual(convicted(55));
    expect(kayenta({ everyMinutes: 55, marginal: 75, pass: 95 })(bad)).toEqual(convicted(55));
    expect(kayenta({ everyMinutes: 5, marginal: 75, pass: 95 })(failing(0, always))).toEqual(promoted);
  });
});

describe('the contest', () => {
  const rolledBack = (situation: string, total: number, runs: number): Readonly<Record<string, number>> => {
    const given = situations.find(({ name }) => name.startsWith(situation));
    if (given === undefined) throw new Error(`no situation ${situation}`);
    const all = runContests({ name: contestName(given, total), seed: 1, from: 0, to: runs });
    return Object.fromEntries(judges.map(({ name }, i) => [name, share(endingsOf(all, i), 'convicted')]));
  };

  it('on healthy services: fixed thresholds roll back what the product leaves alone', () => {
    const thin = rolledBack('healthy 0.05 %', 100, 20);
    expect(thin['Flagger 99.9']).toBeGreaterThan(0.6);
    expect(thin['Flagger 10s']).toBeGreaterThan(0.9);
    const near = rolledBack('healthy 0.09 %', 100, 20);
    expect(near['Argo 5m']).toBeGreaterThan(0.3);
    for (const each of [thin, near, rolledBack('healthy 0.05 %, both fail', 100, 20)])
      expect(each).toMatchObject({ Sluice: 0, 'Sluice new': 0 });
  });

  it('on bad canaries: a limit that spares healthy ones lets five times the limit through, the product finds it', () => {
    const found = rolledBack('canary 0.5 %', 100, 20);
    expect(found).toMatchObject({ Sluice: 1, 'Sluice new': 1, 'Kayenta 5m': 1, 'Flagger 99.9': 1, 'Argo 5m': 1 });
    expect(found['Flagger 99']).toBeLessThan(0.2);
  });

  it('knows the product by its own judge: a canary that fails always is taken back at the first look', () => {
    expect(sluice()(failing(100, always))).toEqual(convicted(0.25));
    expect(sluice({ phi: 1 })(failing(0, always))).toEqual(promoted);
  });
});

function atLeast(limit: number) {
  return (rate: number): boolean => rate >= limit;
}
