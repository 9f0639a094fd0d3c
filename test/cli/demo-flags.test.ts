import { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { addDemoOptions, type DemoOptions, deadlineMs, expectedMs } from '../../src/cli/demo/demo-options.ts';
import { demoPolicy } from '../../src/cli/demo/demo-policy.ts';
import { defaultPlan } from '../../src/release/plan.ts';
import { readPolicyRules } from '../../src/release/policy-rules.ts';

const parse = (...words: readonly string[]): DemoOptions =>
  addDemoOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
    .parse(words, { from: 'user' })
    .opts<DemoOptions>();

describe('flags', () => {
  it('have the defaults of the story', () => {
    expect(parse()).toEqual({ errors: 0.03, latency: 600, outage: true, rate: 1_350, factor: 60, port: 0 });
  });

  it.each([
    ['3%', 0.03],
    ['0.5 %', 0.005],
    ['.2', 0.2],
    ['1', 1],
    ['0', 0],
  ])('--errors %s is %d', (text, ratio) => {
    expect(parse('--errors', text).errors).toBeCloseTo(ratio, 12);
  });

  it.each([
    ['--errors', '300%', /share from 0% to 100%/],
    ['--errors', 'many', /share from 0% to 100%/],
    ['--errors', '-1', /share from 0% to 100%|argument missing/],
    ['--rate', '20', /whole number from 100 to 10000/],
    ['--rate', '1e3', /whole number/],
    ['--latency', '0', /whole number from 1 to 10000/],
    ['--factor', '1000', /whole number from 5 to 120/],
    ['--port', '65536', /whole number from 0 to 65535/],
  ])('%s %s is refused', (flag, value, words) => {
    expect(() => parse(flag, value)).toThrow(words);
  });

  it('give it two and a half minutes at most, and say what it takes', () => {
    expect(deadlineMs(parse())).toBe(150_000);
    expect(deadlineMs(parse('--rate', '300'))).toBeGreaterThan(185_000);
    expect(expectedMs(60)).toBeLessThan(120_000);
    for (const factor of [5, 30, 60, 120]) expect(expectedMs(factor)).toBeLessThan(deadlineMs({ factor, rate: 1_350 }));
  });
});

test('the policy is the product as it ships: default plan (but waiting for evidence), default judge, the rules of rules/production.yaml', async () => {
  const policy = await demoPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  expect(policy.value.plan).toEqual({ ...defaultPlan, whenUnjudgeable: 'hold' });
  expect(policy.value.rules).toEqual({ kind: 'file', path: 'rules/production.yaml', noCritical: 'refused' });
  expect(policy.value.judge.alpha).toBe(0.001);
  const rules = await readPolicyRules(policy.value);
  if (!rules.ok) throw new Error(JSON.stringify(rules.error));
  const [errors] = rules.value.rules;
  expect(errors).toMatchObject({ name: 'error_rate', thresholdText: '0.1%', alert: 'critical', minEvents: 3_000 });
  expect(errors?.at).toMatchObject({ file: 'rules/production.yaml', line: 2 });
});
