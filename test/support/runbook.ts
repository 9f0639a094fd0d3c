/** The runbook that ships as a policy, at the addresses and with the times of a test. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const runbookFile = join(import.meta.dirname, '..', '..', 'deploy', 'runbook.example.yaml');

export const runbookText = (): string => readFileSync(runbookFile, 'utf8');

const words = z.record(z.string(), z.unknown());

/** Its spec, with each text that it holds replaced as told. */
export function runbookSpec(replaced: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const text = Object.entries(replaced).reduce((now, [from, to]) => {
    if (!now.includes(from)) throw new Error(`the runbook does not say ${from}`);
    return now.replaceAll(from, to);
  }, runbookText());
  return z.object({ spec: words }).parse(parse(text)).spec;
}

/** What its spec says of times, and as a test has them; a machine that is busy with other things answers late. */
export const shortTimes = {
  'bake: 10m': 'bake: 6m',
  'bake: 15m': 'bake: 5m',
  'bake: 30m': 'bake: 4m',
  'readyWithin: 300s': 'readyWithin: 60m',
  'scaleWithin: 600s': 'scaleWithin: 60m',
  'maxDuration: 120m': 'maxDuration: 10h',
  'watchFor: 2h': 'watchFor: 10h',
  'answerWithin: 15m': 'answerWithin: 3m',
  'labels: { service: app } }': 'labels: { service: app }, every: 5s }',
  'within: 500ms': 'within: 9s',
  'within: 2s': 'within: 9s',
} as const;

/** Everybody whom the runbook names, and the test itself. */
export const runbookTokens = Object.fromEntries(
  ['tester', 'ci', 'ada', 'pia', 'eve', 'ben'].map((name) => [name, `the-own-token-of-${name}`]),
);

/** File with the token of one of them. */
export function tokenFileIn(folder: string, name: string): string {
  const file = join(folder, `${name}.token`);
  writeFileSync(file, `${name} ${runbookTokens[name]}\n`, { mode: 0o600 });
  return file;
}

/** Results of CI that pass the runbook's gates. */
export const goodResults: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  tests: { coverage: 83.1, failed: 0 },
  audit: { high: 0, critical: 0 },
  benchmarks: { slower: 1 },
  'work-tree': {},
};

/** Who gives which approval. */
export const approvers = { technical: 'ada', product: 'pia', security: 'eve', business: 'ben', change: 'ben' } as const;
