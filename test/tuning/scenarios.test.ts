/** Every scenario of test/scenarios goes as it expects: what the product does, as users would test their own rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRun, mismatchText } from '../../src/tuning/check-run.ts';
import { runScenario } from '../../src/tuning/run-scenario.ts';
import { scenariosOf } from './scenarios-of.ts';

const folder = join(import.meta.dirname, '../scenarios');

describe.each(readdirSync(folder))('%s', async (file) => {
  const path = join(folder, file);
  const scenarios = await scenariosOf(readFileSync(path, 'utf8'), path);
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
    expect(checkRun(scenario, runScenario(scenario)).map(mismatchText)).toEqual([]);
  });
});
