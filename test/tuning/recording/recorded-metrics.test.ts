/** Recorded numbers under rules and weights that are not those of then. */
import { describe, expect, it } from 'vitest';
import { formatFileError } from '../../../src/lib/config-file/file-error.ts';
import { parseRules } from '../../../src/rules/rule-file.ts';
import { checkRun, mismatchText } from '../../../src/tuning/check-run.ts';
import { measuredHash } from '../../../src/tuning/recording/measured-hash.ts';
import { runScenario } from '../../../src/tuning/run-scenario.ts';
import { parseScenarios } from '../../../src/tuning/scenario-parse.ts';
import { scenariosOf } from '../scenarios-of.ts';

const rules = `{
  error_rate: { threshold: 1%, window: 5m, alert: critical },
  response_time_p95: { threshold: 500ms, window: 5m, alert: critical, warmUp: 0s },
  throughput: { threshold: -20% from baseline, window: 5m, alert: warning, warmUp: 0s } }`;

const hashes = async (): Promise<Readonly<Record<string, string>>> => {
  const set = await parseRules(rules, { file: 'rules.yaml' });
  if (!set.ok) throw new Error('rules');
  return Object.fromEntries(set.value.rules.map((rule) => [rule.name, measuredHash(rule)]));
};

/** 40 looks at 25 %: no errors, a twentieth of the canary's requests slower than 0.5 s, half of them than 0.25 s. */
async function text(change: (words: string) => string = (words) => words): Promise<string> {
  const of = await hashes();
  const counts = (canary: string, stable: string) => `
            canary: { events: 1000x39, bad: ${canary} }
            stable: { events: 3000x39, bad: ${stable} }
            compared:
              { from: 15x39, to: "0x39", canary: { events: 1000x39, bad: ${canary} }, stable: { events: 3000x39, bad: ${stable} } }`;
  return change(`
rules: { inline: ${rules} }
judge: { dispersion: 1, onWorse: ignore }
plan: { steps: [{ weight: 25, bake: 20m }, { weight: 100, bake: 5m }], verify: config }
scenarios:
  - name: it
    until: 9m
    expect: [{ at: 9m, verdicts: { error_rate: pass, response_time_p95: pass, throughput: inconclusive } }]
    recording:
      release: app-v2
      looks: 15+15x39
      weight: 25x39
      readings:
        error_rate:
          of: ${of['error_rate'] ?? ''}
          age: "0x39"
          counts: ${counts('"0x39"', '"0x39"')}
        response_time_p95:
          of: ${of['response_time_p95'] ?? ''}
          bound: 0.5
          age: "0x39"
          counts: ${counts('10x39', '30x39')}
            slower: [{ bound: 0.5, canary: 10x39, stable: 30x39 }, { bound: 0.25, canary: 500x39, stable: 150x39 }]
        throughput:
          of: ${of['throughput'] ?? ''}
          age: "0x39"
          counts: ${counts('"0x39"', '"0x39"').replaceAll('1000x39', '200x39')}
`);
}

async function differences(change: (words: string) => string): Promise<readonly string[]> {
  const [scenario] = await scenariosOf(await text(change));
  return scenario === undefined ? ['none'] : checkRun(scenario, runScenario(scenario)).map(mismatchText);
}

const errorsOf = async (change: (words: string) => string): Promise<readonly string[]> => {
  const parsed = await parseScenarios(await text(change), 's.yaml');
  return parsed.ok ? [] : parsed.error.map(formatFileError);
};

describe('recorded numbers', () => {
  it('judge a limit of response times at any bucket that was recorded, and say which those are', async () => {
    const at = (limit: string) => differences((words) => words.replace('500ms', limit));
    expect((await at('250ms')).join()).toContain('response_time_p95 pass got breach');
    const missing = await text((words) => words.replace('500ms', '300ms'));
    const [scenario] = await scenariosOf(missing);
    const run = scenario === undefined ? null : runScenario(scenario);
    const verdict = run?.release.verdicts.find(({ rule }) => rule === 'response_time_p95');
    expect(verdict?.kind).toBe('inconclusive');
    expect(verdict?.message).toContain('it knows 0.25, 0.5');
  });

  it('say nothing of throughput at another weight than that of then', async () => {
    const lacking = ', verdicts: { error_rate: pass, response_time_p95: pass, throughput: inconclusive }';
    const only = (weight: string) => (words: string) =>
      words.replace(lacking, ', verdicts: { throughput: breach }').replace('weight: 25x39', `weight: ${weight}`);
    expect(await differences(only('25x39'))).toEqual([]);
    expect((await differences(only('50x39'))).join()).toContain('got inconclusive (NoData)');
  });

  it('say nothing of a rule that was not there then', async () => {
    const more = 'cpu_usage: { threshold: 80%, window: 5m, alert: critical }, error_rate:';
    const found = await differences((words) =>
      words.replace('error_rate:', more).replace('throughput: inconclusive', 'cpu_usage: pass'),
    );
    expect(found).toEqual([]);
  });

  it('are refused with their place: of another measure, of another length, out of order', async () => {
    expect(await errorsOf((words) => words.replace('alert: critical }', 'alert: critical, preset: envoy }'))).toEqual([
      expect.stringMatching(/^s\.yaml:\d+:\d+ .*was recorded of something else than error_rate measures now/),
    ]);
    expect(await errorsOf((words) => words.replace('weight: 25x39', 'weight: 25x3'))).toEqual([
      expect.stringMatching(/^s\.yaml:\d+:15 .*has 4 values, and there are 40 looks/),
    ]);
    expect(await errorsOf((words) => words.replace('looks: 15+15x39', 'looks: 15+15x38 20'))).toEqual([
      expect.stringContaining('value 40 is not after the one before it'),
    ]);
    expect((await errorsOf((words) => words.replace('bound: 0.5\n', 'bond: 0.5\n'))).join()).toContain(
      'did you mean "bound"?',
    );
  });
});
