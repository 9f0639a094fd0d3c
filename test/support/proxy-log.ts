/** What the data plane wrote down itself: every weight that users really had, in order, and which processes it was. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WeightSpan {
  readonly canary: number;
  readonly fromMs: number;
  /** Infinity: it still holds. */
  readonly toMs: number;
}

interface LogLine {
  readonly time: number;
  readonly pid: number;
  readonly msg: string;
  readonly call?: string;
  readonly change?: { readonly canary?: number };
}

/** Begins with the 0 that a data plane starts with; the same weight written again is no new span. */
export function weightSpans(policyDir: string): readonly WeightSpan[] {
  const moments = linesOf(policyDir).flatMap(weightIn);
  const changes = moments.filter(({ canary }, at) => at === 0 || canary !== moments[at - 1]?.canary);
  return changes.map((each, at) => ({ ...each, toMs: changes[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY }));
}

export const proxyPids = (policyDir: string): readonly number[] => [
  ...new Set(linesOf(policyDir).map(({ pid }) => pid)),
];

const linesOf = (policyDir: string): readonly LogLine[] =>
  textOf(join(policyDir, 'proxy.log'))
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine);

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const weightIn = ({ time, msg, call, change }: LogLine): readonly Pick<WeightSpan, 'canary' | 'fromMs'>[] => {
  if (msg === 'proxy serves') return [{ canary: 0, fromMs: time }];
  const isWeight = call === '/weights' || call === 'switchOff';
  return isWeight && change?.canary !== undefined ? [{ canary: change.canary, fromMs: time }] : [];
};
