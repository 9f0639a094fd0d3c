/** Runs the scenarios of files, one after the other: what each expected and what came. */
import type { FileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { checkRun, type Mismatch } from '../tuning/check-run.ts';
import type { Run } from '../tuning/run.ts';
import { runScenario } from '../tuning/run-scenario.ts';
import type { Scenario } from '../tuning/scenario.ts';
import { parseScenarios } from '../tuning/scenario-parse.ts';

export interface Tested {
  readonly scenario: Scenario;
  readonly run: Run;
  readonly mismatches: readonly Mismatch[];
  readonly tookMs: number;
}

export interface Wanted {
  /** A part of the name; null: all. */
  readonly only: string | null;
  readonly tell: (tested: Tested) => void;
}

const readScenarioFile = async (file: string): Promise<Result<readonly Scenario[], readonly FileError[]>> => {
  const bytes = await readConfigFile(file);
  if (!bytes.ok) return failed([bytes.error]);
  const scenarios = await parseScenarios(bytes.value, file);
  const missing = scenarios.ok ? undefined : scenarios.error.find(({ message }) => message === 'scenarios is missing');
  if (missing === undefined) return scenarios;
  const message = `scenarios is missing: a file of scenarios is wanted, which names a rule file and says what it must decide (test/scenarios/breach.yaml is one); a rule file is looked at by: sluice rules check ${file}`;
  return failed([{ ...missing, message }]);
};

/** Nothing is run when one of the files is bad: the errors of all of them are told together. */
export async function testFiles(
  files: readonly string[],
  { only, tell }: Wanted,
): Promise<Result<readonly Tested[], readonly FileError[]>> {
  const read: Result<readonly Scenario[], readonly FileError[]>[] = [];
  for (const file of files) read.push(await readScenarioFile(file));
  const errors = read.flatMap((each) => (each.ok ? [] : each.error));
  if (errors.length > 0) return failed(errors);
  const scenarios = read.flatMap((each) => (each.ok ? each.value : []));
  const tested: Tested[] = [];
  for (const scenario of scenarios.filter(({ name }) => only === null || name.includes(only))) {
    const one = test(scenario);
    tested.push(one);
    tell(one);
  }
  return ok(tested);
}

function test(scenario: Scenario): Tested {
  const beganMs = performance.now();
  const run = runScenario(scenario);
  return { scenario, run, mismatches: checkRun(scenario, run), tookMs: performance.now() - beganMs };
}
