import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rulesInForce } from '../../src/wiring/rules-in-force.ts';
import { eventually } from '../support/eventually.ts';
import { policyOf } from '../support/policy-of.ts';
import { tempDir } from '../support/temp-dir.ts';

const production = await readFile('rules/production.yaml', 'utf8');

const following = async () => {
  const file = join(await tempDir(), 'rules.yaml');
  await writeFile(file, production);
  const rules = rulesInForce(await policyOf({ rules: { file } }));
  const follow = () => {
    const subscription = rules.events$.subscribe();
    onTestFinished(() => subscription.unsubscribe());
  };
  return { file, rules, follow };
};

it('before the file was read nothing starts, and it is worth trying again', async () => {
  const { file, rules } = await following();
  expect(rules.problem()).toBe(`${file} was not read yet`);
  expect(rules.current()).toMatchObject({ ok: false, error: { reason: 'RulesInvalid', retryable: true } });
});

it('follows the file: good, broken with line and column, good again', async () => {
  const { file, rules, follow } = await following();
  follow();
  await eventually(() => rules.current().ok);
  const before = rules.current();
  expect(rules.problem()).toBeNull();
  await writeFile(file, production.replace('window', 'widow'));
  await eventually(() => rules.problem() !== null);
  expect(rules.problem()).toMatch(/rules\.yaml is broken, no release starts on it: \d+:\d+ .*widow/);
  expect(rules.current()).toMatchObject({ ok: false, error: { retryable: false, message: rules.problem() } });
  await writeFile(file, production.replace('0.1%', '0.2%'));
  await eventually(() => rules.current().ok);
  const after = rules.current();
  expect(after.ok && before.ok && after.value.hash !== before.value.hash).toBe(true);
});

it('rules within the policy are in force at once, and never change', async () => {
  const inline = { error_rate: { threshold: '1%', window: '5m', alert: 'critical' } };
  const rules = rulesInForce(await policyOf({ rules: { inline } }));
  const current = rules.current();
  expect(current.ok && current.value.rules.map(({ name }) => name)).toEqual(['error_rate']);
  expect(rules.problem()).toBeNull();
});
