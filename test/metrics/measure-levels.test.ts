import { describe, expect, it } from 'vitest';
import { answerOf, at, ruleOf, run, series } from '../support/metrics.ts';

describe('a level', () => {
  const gauge = ruleOf({ kind: 'gauge', selector: { metric: 'cpu', matchers: [] }, aggregate: 'avg' });
  const cpu = (instance: string, t: number, value: number, core = '0') => series('cpu', { instance, core }, [t, value]);

  it('is the average or the highest of the newest samples', () => {
    const answer = answerOf(cpu('c:1', 5, 0.2), cpu('c:1', 5, 0.4, '1'), cpu('s:1', 4, 0.9));
    const [level] = run([{ atSeconds: 5, answer }], { rule: gauge }).readings;
    expect(level).toMatchObject({ kind: 'level', atMs: at(5), stable: 0.9 });
    expect(level).toHaveProperty('canary', expect.closeTo(0.3));
    const highest = ruleOf({ kind: 'gauge', selector: { metric: 'cpu', matchers: [] }, aggregate: 'max' });
    expect(run([{ atSeconds: 5, answer }], { rule: highest }).readings[0]).toHaveProperty('canary', 0.4);
  });

  it('does not apply where nobody measures it, but is missed once it was seen', () => {
    const { readings } = run(
      [
        { atSeconds: 1, answer: answerOf() },
        { atSeconds: 2, answer: answerOf(cpu('c:1', 2, 0.1)) },
        { atSeconds: 3, answer: answerOf() },
      ],
      { rule: gauge },
    );
    expect(readings).toMatchObject([
      { reason: 'NotApplicable' },
      { kind: 'level', stable: null },
      { reason: 'NoSeries' },
    ]);
  });

  it('passes only on finite numbers, and is stale by its own time', () => {
    expect(
      run([{ atSeconds: 1, answer: answerOf(cpu('c:1', 1, Number.NaN)) }], { rule: gauge }).readings[0],
    ).toMatchObject({ reason: 'NotFinite' });
    expect(run([{ atSeconds: 99, answer: answerOf(cpu('c:1', 1, 0.1)) }], { rule: gauge }).readings[0]).toMatchObject({
      reason: 'Stale',
    });
  });

  describe('that the source computes', () => {
    const rule = ruleOf(
      { kind: 'expression', promql: 'max by (pod) (rate(x{$arm}[1m]))', aggregate: 'max' },
      { name: 'queue' },
    );
    const computed = (labels: Record<string, string>, value: number) => series('queue:canary', labels, [50, value]);

    it('is one value an instance', () => {
      const answer = answerOf(
        computed({ pod: 'a' }, 1),
        computed({ pod: 'b' }, 3),
        series('queue:stable', {}, [50, 2]),
      );
      expect(run([{ atSeconds: 50, answer }], { rule }).readings[0]).toMatchObject({
        kind: 'level',
        canary: 3,
        stable: 2,
      });
      const routes = answerOf(computed({ route: '/a' }, 1), computed({ route: '/b' }, 3));
      expect(run([{ atSeconds: 50, answer: routes }], { rule }).readings[0]).toMatchObject({ reason: 'Ambiguous' });
    });

    it('is stale when the targets it comes from are, whatever time it bears', () => {
      const answer = answerOf(computed({}, 1), series('up', { instance: 'c:1' }, [10, 1]));
      expect(run([{ atSeconds: 50, answer }], { rule }).readings[0]).toMatchObject({ reason: 'Stale' });
    });
  });
});
