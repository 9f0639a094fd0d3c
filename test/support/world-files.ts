/** The files that a world's controller is run with: a policy for the sample service, and its rules. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleServicePath } from '../../src/cli/demo/sample-command.ts';

export const policyName = 'app';

/** Thresholds suit a load of a few hundred requests a second. */
export const errorRule = 'error_rate: { threshold: 1%, window: 5m, alert: critical }\n';

/** Divided by 60 at the default compression: minutes become seconds. */
const defaultPlan = {
  steps: [
    { weight: 25, bake: '8m' },
    { weight: 50, bake: '6m' },
    { weight: 100, bake: '5m' },
  ],
  readyWithin: '60m',
  scaleWithin: '60m',
  maxDuration: '10h',
  watchFor: '4m',
  blindMax: '5h',
};

/** Words of a policy's spec that differ from the usual. */
export type SpecWords = Readonly<Record<string, unknown>>;

export interface WorldPolicy {
  readonly listen: string;
  readonly prometheusUrl: string;
  readonly rulesFile: string;
  readonly plan: SpecWords;
  readonly spec: SpecWords;
  readonly proxy: SpecWords;
}

/** By the names of those who have them. */
export type Tokens = Readonly<Record<string, string>>;

/** Flags of a controller that knows these people. */
export function tokenWords(folder: string, tokens: Tokens | undefined): readonly string[] {
  if (tokens === undefined) return [];
  const file = join(folder, 'tokens');
  const lines = Object.entries(tokens).map(([name, token]) => `${name} ${token}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return ['--token-file', file];
}

/** How an instance of the sample service is started. */
export interface SampleTarget {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly health: string;
  readonly replicas: number;
}

export const sampleTarget = (
  version: string,
  env: Readonly<Record<string, string>> = {},
  replicas = 1,
): SampleTarget => ({
  command: [process.execPath, sampleServicePath],
  env: { VERSION: version, LATENCY_MS: '10', ...env },
  health: '/healthz',
  replicas,
});

/** JSON is YAML. Errors of the sample service are independent, so its dispersion is 1. */
export const policyText = ({ listen, plan, prometheusUrl, proxy, rulesFile, spec }: WorldPolicy): string => {
  const { sources = {}, ...words } = spec;
  const { main = {}, ...others } = sources as SpecWords;
  return JSON.stringify({
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'ReleasePolicy',
    metadata: { name: policyName, namespace: 'production' },
    spec: {
      target: { ...sampleTarget('v1'), revision: 'v1' },
      traffic: { proxy: { listen, ...proxy } },
      sources: {
        main: { prometheus: { url: prometheusUrl, interval: '1s', timeout: '2s', ...(main as object) } },
        direct: { scrape: { interval: '1s' } },
        ...others,
      },
      metrics: { source: 'main', preset: 'app' },
      rules: { file: rulesFile },
      plan: { ...defaultPlan, ...plan },
      judge: { dispersion: 1 },
      ...words,
    },
  });
};
