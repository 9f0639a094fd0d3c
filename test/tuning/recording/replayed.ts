/** A release of the loop, recorded, and its recording run again. */
import type { Recording } from '../../../src/release/recording.ts';
import { parseRules } from '../../../src/rules/rule-file.ts';
import { checkRun, mismatchText } from '../../../src/tuning/check-run.ts';
import { scenarioText } from '../../../src/tuning/recording/scenario-text.ts';
import type { Run } from '../../../src/tuning/run.ts';
import { runScenario } from '../../../src/tuning/run-scenario.ts';
import { must } from '../../support/proxy.ts';
import { SteppedLoop } from '../../support/stepped-loop.ts';
import { scenariosOf } from '../scenarios-of.ts';

const rulesText = `
error_rate: { threshold: 1%, window: 5m, alert: critical }
response_time_p95: { threshold: 500ms, window: 5m, alert: warning }
throughput: { threshold: -20% from baseline, window: 5m, alert: warning }
cpu_usage: { threshold: 80%, window: 5m, alert: warning }
`;

export const tickMs = 15_000;

export const minutes = (n: number): number => n * 60_000;

const plan = {
  steps: [
    { weight: 25, bakeMs: minutes(5), replicas: null },
    { weight: 50, bakeMs: minutes(5), replicas: null },
    { weight: 100, bakeMs: minutes(5), replicas: null },
  ],
  watchMs: minutes(5),
};

export async function begun(options: { readonly compression?: number } = {}): Promise<SteppedLoop> {
  const rules = await parseRules(rulesText, { file: 'rules.yaml' });
  if (!rules.ok) throw new Error('rules');
  const loop = new SteppedLoop(rules.value, { intervalMs: tickMs, perSecond: 100, ...options });
  return loop.begin(plan);
}

export interface Replayed {
  readonly run: Run;
  readonly differences: readonly string[];
}

export async function replay(recording: Recording, edit = (text: string): string => text): Promise<Replayed> {
  const [scenario] = await scenariosOf(edit(must(scenarioText(recording, { rules: null }))));
  if (scenario === undefined) throw new Error('no scenario');
  const run = runScenario(scenario);
  return { run, differences: checkRun(scenario, run).map(mismatchText) };
}
