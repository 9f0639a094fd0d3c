import { describe, expect, it, test } from 'vitest';
import { caption } from '../../src/cli/demo/caption.ts';
import { demoScreen } from '../../src/cli/demo/demo-screen.ts';
import { longestOutage, withLook } from '../../src/cli/demo/outage-seen.ts';
import { easierRate, firstStepMs, isKeptUp } from '../../src/cli/demo/pace.ts';
import type { Scene } from '../../src/cli/demo/scene.ts';
import { colorPaint, plainPaint } from '../../src/cli/render/paint.ts';
import type { Release } from '../../src/release/release.ts';
import { goodFacts, heldView, rolledBackView } from '../support/demo-facts.ts';
import { bakingRelease, rolledBackRelease, sampleRelease, startedAtMs } from '../support/sample-release.ts';

const counts = goodFacts.users?.counts ?? expect.fail('the facts have users');

const loadReport = (change: { rate?: number; answered?: number; p95?: number } = {}) => {
  const { rate = 1_350, answered = 1_340, p95 = 40.2 } = change;
  const lastSecond = {
    ...counts,
    sent: rate,
    versions: { v1: { succeeded: answered, failed: 0, firstFailedAtMs: null } },
    latencyMs: { ...counts.latencyMs, p95 },
  };
  return { rate, elapsedMs: 30_000, inFlight: 30, lastSecond, total: counts, longestInterruptionMs: 69 };
};

const scene: Scene = {
  act: '1/2 v2: healthy, must be promoted',
  note: '50 % of the users get v2: for 15s at least, and until every critical rule passes',
  elapsedMs: 23_400,
  expectedMs: 77_000,
  factor: 60,
  users: loadReport(),
  view: heldView,
  keys: ['e errors', 'l latency', 'o outage (on)', 'q quit'],
};

const draw = (given: Scene, width: number, height: number): readonly string[] =>
  demoScreen(given, { width, height, paint: plainPaint });

describe('screen', () => {
  it('shows what is played, what users see, the release, and the keys', () => {
    const lines = draw(scene, 80, 23);
    expect(lines.slice(0, 8)).toEqual([
      '1/2 v2: healthy, must be promoted                             0:23 of about 1:17',
      'time runs 60 times faster: a bake of 10m takes 10s',
      'users  1,350 requests/s   failed 44 of 103,000   p95 40.2 ms   longest gap 69 ms',
      '> 50 % of the users get v2: for 15s at least, and until every critical rule',
      '  passes',
      '',
      expect.stringContaining('app  v1.8.2 -> v1.9.0   step 2/3'),
      expect.stringContaining('weight  desired 50 %'),
    ]);
    expect(lines.at(-1)).toBe('keys:  e errors   l latency   o outage (on)   q quit');
  });

  it.each([
    [80, 23],
    [60, 19],
    [40, 12],
    [20, 5],
    [200, 50],
  ])('is %i columns wide and %i lines high at most, and never less high, so that nothing jumps', (width, height) => {
    for (const view of [null, heldView, rolledBackView]) {
      const lines = draw({ ...scene, view }, width, height);
      expect(lines).toHaveLength(height);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  it('is the same in colour, and has none without', () => {
    const colored = demoScreen(scene, { width: 80, height: 23, paint: colorPaint }).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is coloured by them
    expect(colored.replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe(draw(scene, 80, 23).join('\n'));
    expect(colored).not.toBe(draw(scene, 80, 23).join('\n'));
  });

  it('says nothing of keys where there is no keyboard, nor of users before they come', () => {
    const lines = draw({ ...scene, keys: [], users: null, view: null }, 80, 23).join('\n');
    expect(lines).not.toContain('keys');
    expect(lines).toContain('users  none yet');
  });
});

describe('caption', () => {
  const at = (phase: Release['phase']): string => caption(sampleRelease({ phase }));

  it('says what each phase means for users, and stays the same while that does', () => {
    const verified = { by: 'requests', observedPercent: 25, requests: 400 } as const;
    const shifting = { phase: 'shifting', step: 0, waitedMs: 0, spentMs: 0, bakedMs: 0 } as const;
    expect(at({ phase: 'preparing', spentMs: 0 })).toBe('v1.9.0 is started; no user gets it before it is ready');
    expect(at(shifting)).toBe('25 % of the users get v1.9.0: for 10m at least, and until every critical rule passes');
    expect(at({ phase: 'baking', step: 0, bakedMs: 5, verified })).toBe(at(shifting));
    expect(at({ ...shifting, step: 2 })).toBe('everybody gets v1.9.0; v1.8.2 stands by for 30m');
    expect(at({ phase: 'promoting', spentMs: 0 })).toBe('v1.9.0 takes the place of v1.8.2');
    expect(at({ phase: 'watching', watchedMs: 0 })).toBe('v1.9.0 is promoted: it is stable now');
    expect(at({ phase: 'succeeded', endedAtMs: 0 })).toBe(at({ phase: 'watching', watchedMs: 0 }));
    expect(caption(rolledBackRelease())).toBe('v1.9.0 is rolled back');
  });

  it('names the rule that takes a release back', () => {
    const { latch } = rolledBackRelease();
    if (latch === null) throw new Error('it was rolled back');
    const phase = { phase: 'rollingBack', cause: latch, from: 25, undo: false, spentMs: 0, zeroAtMs: null } as const;
    expect(at({ ...phase, drainedMs: 0, emptyAtMs: null })).toBe('error_rate takes v1.9.0 back: everybody gets v1.8.2');
  });
});

test('outages are seen from every state of the release: weights, bake, pause, end', () => {
  const look = (ms: number, sees: 'sees' | 'dark', change: Partial<Release> = {}): Release => {
    const release = bakingRelease(change);
    const sight = { ...release.sight, blindSinceMs: sees === 'dark' ? startedAtMs + 1_000 : null };
    return { ...release, sight, updatedAtMs: startedAtMs + ms };
  };
  const paused = { by: 'blind', who: 'direct', reason: '', sinceMs: startedAtMs + 1_000 } as const;
  const looks = [
    look(750, 'sees'),
    look(1_000, 'dark'),
    look(6_000, 'dark', { pauses: [paused] }),
    look(7_000, 'sees'),
    look(9_000, 'sees'),
  ];
  const seen = looks.reduce<ReturnType<typeof withLook>>(withLook, []);
  expect(longestOutage(seen)).toEqual({
    fromMs: startedAtMs + 1_000,
    untilMs: startedAtMs + 7_000,
    weights: [50],
    bakedBeforeMs: 438_000,
    bakedAfterMs: 438_000,
    paused: true,
  });
  const risen = withLook(seen.slice(0, 0), look(1_000, 'dark'));
  const moved = withLook(risen, look(2_000, 'dark', { weight: { ...bakingRelease().weight, desired: 100 } }));
  expect(longestOutage(moved)).toMatchObject({ weights: [50, 100], untilMs: null, paused: false });
  expect(longestOutage([])).toBeNull();
});

describe('pace', () => {
  it('is kept up with when the last second was answered, and quickly', () => {
    expect(isKeptUp(loadReport(), 1_350)).toBe(true);
    expect(isKeptUp(loadReport({ answered: 1_200 }), 1_350)).toBe(false);
    expect(isKeptUp(loadReport({ p95: 900 }), 1_350)).toBe(false);
    expect(isKeptUp(loadReport({ rate: 100 }), 1_350)).toBe(false);
  });

  it('is made easier by what the machine did answer, never harder, and never next to nothing', () => {
    expect(easierRate(loadReport({ answered: 800 }))).toBe(450);
    expect(easierRate(loadReport({ answered: 10 }))).toBe(300);
    expect(easierRate(loadReport({ rate: 60, answered: 60 }))).toBe(60);
  });

  it('says how long the first step takes: its bake, or the requests for a pass', () => {
    const step = { weight: 25, bakeMs: 10_000, minEvents: 3_000 };
    expect(firstStepMs({ ...step, ratePerSecond: 1_350 })).toBe(10_000);
    expect(firstStepMs({ ...step, ratePerSecond: 400 })).toBe(30_000);
  });
});
