/** rules/README.md knows every word of a rule, every preset, and no other; its example is the shipped file. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { presets } from '../../src/rules/presets.ts';
import { parseRules } from '../../src/rules/rule-file.ts';
import { ruleWords } from '../../src/rules/schema.ts';
import { checkRun } from '../../src/tuning/check-run.ts';
import { runScenario } from '../../src/tuning/run-scenario.ts';
import { scenariosOf } from '../tuning/scenarios-of.ts';

const read = (name: string): string => readFileSync(new URL(`../../rules/${name}`, import.meta.url), 'utf8');
const readme = read('README.md');

/** The words in the first column of the table under a heading. */
const firstColumn = (heading: string): readonly string[] => {
  const section = readme.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word ?? ''));
};

test('the words of a rule', () => {
  expect(firstColumn('The words of a rule').toSorted()).toEqual(Object.keys(ruleWords.shape).toSorted());
});

test('the presets', () => {
  for (const preset of presets) expect(readme).toContain(`\`${preset}\``);
});

test('the example stands in the shipped file', () => {
  const example = readme
    .replaceAll(/^```.*?^```/gms, '')
    .split('\n')
    .filter((line) => line.startsWith('    '));
  expect(example.length).toBeGreaterThan(0);
  for (const line of example) expect(read('production.yaml')).toContain(line.trim());
});

test('what it says of minEvents', async () => {
  const parsed = await parseRules(read('production.yaml'), { file: 'production.yaml' });
  const needs = parsed.ok ? parsed.value.rules.map(({ name, minEvents }) => [name, minEvents]) : [];
  expect(needs.slice(0, 3)).toEqual([
    ['error_rate', 3000],
    ['response_time_p95', 60],
    ['throughput', 900],
  ]);
});

test('the scenario goes as it expects', async () => {
  const text = /^```yaml\n(.*?)^```/ms.exec(readme)?.[1] ?? '';
  const root = new URL('../../scenarios.yaml', import.meta.url).pathname;
  const scenarios = await scenariosOf(text, root);
  expect(scenarios.map((scenario) => checkRun(scenario, runScenario(scenario)))).toEqual([[]]);
});
