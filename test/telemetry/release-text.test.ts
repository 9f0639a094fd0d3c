import { expect, it } from 'vitest';
import { parseExposition } from '../../src/metrics/exposition.ts';
import type { Release } from '../../src/release/release.ts';
import { releaseMetrics } from '../../src/telemetry/metric-names.ts';
import { releaseText } from '../../src/telemetry/release-text.ts';
import { bakingRelease, errorRate, passing, rolledBackRelease, sampleRelease } from '../support/sample-release.ts';

const read = (text: string) => {
  const rows = parseExposition(text, 'text');
  if (!rows.ok) throw new Error(rows.error);
  return rows.value;
};

const many = Array.from({ length: 600 }, (_, n) => bakingRelease({ id: `app-${n}`, policy: `policy-${n}` }));

const whole = (release: Release) => ({ release, scope: {} });

it('is the same in many pieces as release by release', () => {
  const pieces = [...releaseText(many.map(whole))];
  expect(pieces.length).toBeGreaterThan(5);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
  const idOf = ({ id }: { readonly id: string }): string => id;
  const alone = many.flatMap((release) => read([...releaseText([whole(release)])].join('')).map(idOf));
  expect(read(pieces.join('')).map(idOf).toSorted()).toEqual(alone.toSorted());
});

it('has each family once and its samples together, as the format wants', () => {
  const lines = [...releaseText(many.map(whole))].join('').split('\n');
  const names = lines.filter((line) => line !== '').map((line) => /^(?:# (?:HELP|TYPE) )?(\w+)/.exec(line)?.[1]);
  const runs = names.filter((name, index) => name !== names[index - 1]);
  expect(runs).toEqual(Object.values(releaseMetrics).map(({ name }) => name));
});

it('writes names so that they are read as they were', () => {
  const odd = { policy: 'a "b" \\c\nd', revision: 'v\\n"', id: '"', rule: 'r\\"' };
  const verdicts = [{ ...passing(errorRate), rule: odd.rule }];
  const rows = read([...releaseText([whole(bakingRelease({ ...odd, verdicts }))])].join(''));
  const labelsOf = (name: string) => rows.find(({ metric }) => metric === name)?.labels;
  expect(labelsOf('sluice_release_info')).toMatchObject({
    policy: odd.policy,
    release: odd.id,
    revision: odd.revision,
  });
  expect(labelsOf('sluice_rule_events')).toMatchObject({ rule: odd.rule });
});

it('has no line for what was not seen, and one for each state of a set', () => {
  const verdicts = [passing(errorRate, { canary: null, stable: Number.NaN, lnConvict: Number.POSITIVE_INFINITY })];
  const text = [...releaseText([sampleRelease({ verdicts }), rolledBackRelease()].map(whole))].join('');
  expect(text).not.toMatch(/NaN|Infinity|null|undefined/);
  const shown = (name: string, release: string) =>
    read(text).filter(({ labels, metric }) => metric === name && labels['release'] === release);
  expect(shown('sluice_rule_conviction_nats', sampleRelease().id).length).toBe(1);
  expect(shown('sluice_release_phase', rolledBackRelease().id).map(({ value }) => value)).toContain(1);
});
