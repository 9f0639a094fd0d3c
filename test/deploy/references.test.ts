import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricFamilies } from '../../src/telemetry/metric-names.ts';
import { references } from './references/files.ts';
import { valuesOf, wordRows } from './references/word-rows.ts';

describe('the references', () => {
  it.each(Object.keys(references))('%s is current (else: npm run references)', (file) => {
    expect(readFileSync(file, 'utf8')).toBe(references[file]?.());
  });

  it('name every metric, and words at every depth', () => {
    const metrics = readFileSync('dashboards/metrics.md', 'utf8');
    for (const { name } of metricFamilies) expect(metrics).toContain(`| \`${name}\` |`);
    const policy = readFileSync('deploy/policy.md', 'utf8');
    for (const word of ['spec.plan.steps[].weight', 'spec.sources.NAME.prometheus.url', 'spec.traffic.proxy.listen'])
      expect(policy).toContain(`| \`${word}\` |`);
  });

  it('say what a word may be', () => {
    expect(valuesOf({ enum: ['a', 'b'] })).toBe('`a`, `b`');
    expect(valuesOf({ anyOf: [{ type: 'string' }, { type: 'integer', minimum: 1, maximum: 9 }] })).toBe(
      'string or integer 1-9',
    );
    expect(valuesOf({ type: 'array', items: { type: 'string' } })).toBe('list of string');
    const nested = {
      properties: { a: { type: 'array', items: { properties: { b: { type: 'number' } }, required: ['b'] } } },
    };
    expect(wordRows(nested).map(({ needed, word }) => [word, needed])).toEqual([
      ['a', ''],
      ['a[].b', 'needed'],
    ]);
  });
});
