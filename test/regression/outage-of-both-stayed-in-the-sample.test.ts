/** Without history, an outage that hit both versions passed for the service's own bursts: it convicted nobody, and nobody passed any more. */
import { expect, it } from 'vitest';
import { enoughBad, nothingSeen, seenPhi } from '../../src/verdict/seen-dispersion.ts';
import { assumedDispersion } from '../../src/verdict/settings.ts';
import { counts, errorRate } from '../verdict/a-rule.ts';
import { type Course, course } from '../verdict/course.ts';

const perMinute = 4;
/** 10 requests/s, a quarter of them on the canary, one error in ten minutes at stable. */
const calm = (at: Course, minutes: number): Course => {
  let next = at;
  for (let passed = 0; passed < minutes; passed += 10)
    next = next
      .ticks(1, { canary: counts(37), stable: counts(112, 1) })
      .ticks(10 * perMinute - 1, { canary: counts(37), stable: counts(112) });
  return next;
};
const outage = (at: Course): Course => at.ticks(perMinute, { canary: counts(37, 7), stable: counts(112, 22) });
const ended = (at: Course): Course => at.ticks(1, { canary: counts(37), stable: counts(112) }, { bakeEnded: true });

it.each([assumedDispersion, { ...assumedDispersion, phi: 1, from: 'history' } as const])(
  'passes a healthy canary after an outage of both, its dispersion $from',
  (known) => {
    const during = outage(calm(course(errorRate, known), 30));
    expect(during.verdict.outcome).not.toBe('rollback');
    const after = calm(during, 20);
    expect(after.verdict.outcome).not.toBe('rollback');
    expect(ended(after).verdict).toMatchObject({ kind: 'pass' });
  },
);

it('forgets what the outage showed of the dispersion, and nothing else', () => {
  const before = calm(course(errorRate, assumedDispersion), 30);
  const after = calm(outage(before), 20);
  expect(seenPhi(outage(before).state.seen ?? nothingSeen)).toBeGreaterThan(10);
  expect(after.state.seen?.bad).toBeLessThan(enoughBad);
  expect(after.state.canary.bad).toBe(7 * perMinute);
});

it('convicts a canary that goes on failing after it', () => {
  const after = calm(outage(calm(course(errorRate, assumedDispersion), 30)), 20);
  const failing = after.ticks(40, { canary: counts(37, 2), stable: counts(112) });
  expect(failing.verdict).toMatchObject({ outcome: 'rollback' });
});

it('keeps a canary in the sample that fails while stable does not', () => {
  const alone = calm(course(errorRate, assumedDispersion), 30).ticks(1, { canary: counts(37, 9), stable: counts(112) });
  expect(ended(calm(alone, 20)).verdict.kind).not.toBe('pass');
});
