/** What the page makes of what it is told, without a browser. */
import { describe, expect, it } from 'vitest';
import { ruleData, spanOf, topOf, valuesAt, weightData } from '../../src/page/chart-data.ts';
import { countdown } from '../../src/page/countdown.ts';
import { EventParser } from '../../src/page/event-parser.ts';
import { freshnessText, isStale } from '../../src/page/freshness.ts';
import { orderReleases } from '../../src/page/order-releases.ts';
import { hashOf, type Route, routeOf } from '../../src/page/route.ts';
import { distanceText, paceOf } from '../../src/page/rule-distance.ts';
import { Throttle } from '../../src/page/throttle.ts';
import type { Release } from '../../src/release/release.ts';
import { type ReleaseView, releaseView } from '../../src/report/release-view.ts';
import { eventually } from '../support/eventually.ts';
import { bakingRelease, errorRate, passing, rolledBackRelease, samplePolicy } from '../support/sample-release.ts';

const viewOf = (release: Release): ReleaseView =>
  releaseView({ release, policy: samplePolicy, log: [], instances: null, nowMs: release.updatedAtMs });

describe('an address', () => {
  it.for<Route>([
    { kind: 'list' },
    { kind: 'release', id: 'app-3f2a' },
    { kind: 'history', policy: 'shop/front end', against: null },
    { kind: 'history', policy: 'app', against: 'app-1' },
    { kind: 'rules', policy: '<b>%' },
    { kind: 'records', policy: 'shop/front end' },
  ])('leads back to where it was made: $kind', (route) => {
    expect(routeOf(hashOf(route))).toEqual(route);
  });

  it.for(['', '#', '#/', '#/nowhere/app', '#/release', '#/release/', '#/release/%zz'])(
    'that means nothing is the list: %s',
    (hash) => {
      expect(routeOf(hash)).toEqual({ kind: 'list' });
    },
  );
});

describe('the list', () => {
  const waiting = (id: string, atMs: number): Release =>
    bakingRelease({ id, waiting: { reason: 'Paused', message: '', rule: null, atMs, data: {} } });

  it('has what needs a person first, the longest wait on top, then trouble, then the rest, the newest on top', () => {
    const suspect = bakingRelease({ id: 'suspect', verdicts: [passing(errorRate, { kind: 'suspect' })] });
    const later = bakingRelease({ id: 'later', startedAtMs: bakingRelease().startedAtMs + 1 });
    const views = [rolledBackRelease(), bakingRelease(), later, suspect, waiting('short', 20), waiting('long', 10)].map(
      viewOf,
    );
    expect(orderReleases(views).map(({ id }) => id)).toEqual([
      'long',
      'short',
      'suspect',
      'later',
      'app-3f2a',
      'app-3f2a',
    ]);
    expect(orderReleases(views).at(-1)?.ended).toBe(true);
  });
});

describe('events', () => {
  const text =
    ': hello\n\nid: a-1\nevent: release\ndata: {"id":"x"}\n\nretry: 10\n\nevent: gap\r\ndata: a\r\ndata: b\r\n\r\n';
  const whole = [
    { id: 'a-1', name: 'release', data: '{"id":"x"}' },
    { id: '', name: 'gap', data: 'a\nb' },
  ];

  it.for([1, 2, 3, 7, 1000])('are the same in whatever pieces they come: of %i', (length) => {
    const parser = new EventParser();
    const pieces = text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(whole);
  });
});

describe('the age of the data', () => {
  const connection = { state: 'open', heardAtMs: 100_000, problem: null } as const;

  it('is said when the stream is lost, or claims to be open and is silent', () => {
    expect(freshnessText(connection, 130_000)).toBe('live');
    expect(freshnessText(connection, 140_000)).toBe('data is 40 s old');
    expect(freshnessText({ ...connection, state: 'lost' }, 112_000)).toBe('data is 12 s old');
    expect(freshnessText({ ...connection, state: 'connecting' }, 222_000)).toBe('data is 2m2s old');
    expect(isStale({ ...connection, heardAtMs: null }, 1)).toBe(false);
  });
});

describe('a chart', () => {
  const at = (atMs: number, percent: number) => ({ atMs, percent });

  it('of weights has one row of times, and each line holds until its next point', () => {
    const weight = {
      desired: [at(0, 0), at(2_000, 25)],
      applied: [at(0, 0), at(3_000, 25)],
      observed: [at(4_000, 24)],
      promotedAtMs: null,
    };
    expect(weightData(weight, 5_000)).toEqual([
      [0, 2, 3, 4, 5],
      [0, 25, 25, 25, 25],
      [0, 0, 25, 25, 25],
      [null, null, null, 24, 24],
    ]);
  });

  it('of a rule is in percent where it is a share, and keeps its gaps', () => {
    const columns = { canary: [0.01, null], stable: [0.001, 0], limit: [0.02, 0.02], evidence: [0, 0], events: [1, 2] };
    const words = { rule: 'r', alert: 'critical', limitWords: '', windowMs: 1 } as const;
    const data = ruleData({ ...words, ...columns, unit: 'ratio', atMs: [1_000, 2_000] });
    expect(data).toEqual([
      [1, 2],
      [1, null],
      [0.1, 0],
      [2, 2],
    ]);
    expect(topOf(data)).toBeCloseTo(2.3);
    expect(valuesAt(data, 1_500)).toEqual([1, 0.1, 2]);
    expect(valuesAt(data, null)).toEqual([null, 0, 2]);
    expect(valuesAt(data, 10)).toEqual([undefined, undefined, undefined]);
    expect(topOf([[], [], []])).toBe(1);
  });

  it('of a release that has just begun shows ten seconds', () => {
    expect(spanOf(5_000, 6_000)).toEqual({ from: 5, to: 15 });
  });
});

describe('the distance to a decision', () => {
  const rule = viewOf(bakingRelease()).rules[0]!;

  it('is told in errors, and in minutes where it fails at more than its limit', () => {
    expect(distanceText(rule, { perSecond: 10 })).toBe('11 more errors now would roll back');
    const failing = { ...rule, canary: 0.1 };
    expect(distanceText(failing, { perSecond: 10 })).toBe(
      '11 more errors now would roll back; about 11s at its present rate',
    );
    expect(distanceText(failing, { perSecond: null })).toBe('11 more errors now would roll back');
    expect(distanceText({ ...rule, verdict: 'breach' }, { perSecond: 10 })).toBe('It has decided against the canary.');
  });

  it('is told in requests and minutes where too few have come', () => {
    const few = { ...rule, reason: 'TooFewEvents', take: 'needs 1,200 more requests' } as const;
    expect(distanceText(few, { perSecond: 10 })).toBe('needs 1,200 more requests; about 2m at 10 requests/s');
  });

  it('takes the pace from the newest looks', () => {
    expect(paceOf([0, 1_000, 2_000], [0, 5, 20])).toEqual({ perSecond: 10 });
    expect(paceOf([1_000], [5])).toEqual({ perSecond: null });
  });
});

it('a countdown runs on between two answers, and ends at zero', () => {
  const next = { what: '50 %', inMs: 10_000, atMs: 20_000, condition: '' };
  expect(countdown(next, 15_000).inMs).toBe(5_000);
  expect(countdown(next, 25_000).inMs).toBe(0);
  expect(countdown({ ...next, inMs: null, atMs: null }, 1).inMs).toBeNull();
});

it('wishes that come while one is carried out are one more, and none is lost', async () => {
  let runs = 0;
  const throttle = new Throttle(
    () => 5,
    async () => {
      runs += 1;
    },
  );
  for (let wish = 0; wish < 10; wish += 1) throttle.wish();
  expect(runs).toBe(1);
  await eventually(() => runs === 2);
  throttle.wish();
  await eventually(() => runs === 3);
});
