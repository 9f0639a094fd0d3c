/** `sluice rules test --record RELEASE`: a scenario file of a real release, run once to see that it goes as the release went. */
import { writeFileSync } from 'node:fs';
import { formatFileError } from '../../lib/config-file/file-error.ts';
import { messageOf } from '../../lib/message-of.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Recording } from '../../release/recording.ts';
import { checkRun, mismatchText, outcomeText } from '../../tuning/check-run.ts';
import { scenarioText } from '../../tuning/recording/scenario-text.ts';
import { runScenario } from '../../tuning/run-scenario.ts';
import { parseScenarios } from '../../tuning/scenario-parse.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { rulesOfRecording } from './rules-of-recording.ts';

export interface RecordOptions {
  readonly release: string;
  /** null: to standard output. */
  readonly out: string | null;
  /** Rule file that the scenario shall name; null: the release's own. */
  readonly rules: string | null;
}

export async function recordRelease(context: Context, { out, release, rules }: RecordOptions): Promise<ExitCode> {
  const recording = await context.api.recording(release);
  if (!recording.ok) return context.fail(recording.error.message);
  const scenario = out ?? 'recording.yaml';
  const found = await rulesOfRecording(recording.value, { file: rules, scenario });
  const text = scenarioText(recording.value, { rules: found.words });
  if (!text.ok) return context.fail(text.error.message);
  const run = await rehearse(text.value, scenario);
  if (!run.ok) return context.fail(run.error);
  if (out === null) context.print(text.value.trimEnd());
  else {
    const problem = write(out, text.value);
    if (problem !== null) return context.fail(problem);
  }
  context.remark(told(recording.value, out));
  context.remark(`${found.remark}.`);
  for (const line of run.value) context.remark(line);
  return exitCodes.ok;
}

const told = ({ id, phase, spans }: Recording, out: string | null): string => {
  const looks = spans.reduce((sum, each) => sum + each.looks, 0);
  const so = 'endedAtMs' in phase ? phase.phase : `${phase.phase}, up to now`;
  return `Recorded ${id} (${so}): ${looks} looks${out === null ? '' : ` in ${out}`}.`;
};

/** What was recorded must be a scenario that runs; where it goes another way than the release, that is said. */
async function rehearse(text: string, file: string): Promise<Result<readonly string[], string>> {
  const parsed = await parseScenarios(text, file);
  const [scenario] = parsed.ok ? parsed.value : [];
  if (!parsed.ok || scenario === undefined) {
    const errors = parsed.ok ? [] : parsed.error.map(formatFileError);
    return failed(`the recording can't be run with these rules:\n  ${errors.join('\n  ')}`);
  }
  const run = runScenario(scenario);
  const differences = checkRun(scenario, run).map(mismatchText);
  const ends = `Run again: ${outcomeText(run.outcome)}`;
  if (differences.length === 0) return ok([`${ends}, as it was then.`]);
  return ok([`${ends}. This is otherwise than it was then:`, ...differences.map((line) => `  ${line}`)]);
}

function write(file: string, text: string): string | null {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return null;
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return exists
      ? `--out ${file}: the file exists, and may have been edited; name another one, or remove it`
      : `--out ${file}: ${messageOf(error)}`;
  }
}
