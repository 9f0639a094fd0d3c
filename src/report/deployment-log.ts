/** The deployment log: one line for each release, as a table for documents or as CSV for programs. */
import { csvOf } from './csv.ts';
import type { PastRelease } from './history-view.ts';

const head = [
  'policy',
  'release',
  'revision',
  'from',
  'outcome',
  'started',
  'ended',
  'seconds',
  'started by',
  'highest weight',
  'error rate',
  'slow share',
  'seconds to zero',
  'why',
  'response time quantile',
  'response time above (s)',
  'response time at most (s)',
] as const;

export interface LoggedPolicy {
  readonly policy: string;
  readonly releases: readonly PastRelease[];
}

const seconds = (ms: number | null): string => (ms === null ? '' : (ms / 1000).toFixed(3));

const iso = (atMs: number | null): string => (atMs === null ? '' : new Date(atMs).toISOString());

const rowsOf = ({ policy, releases }: LoggedPolicy): readonly (readonly string[])[] =>
  releases.map((past) => [
    ...[policy, past.id, past.revision, past.stableRevision ?? '', past.result],
    ...[iso(past.startedAtMs), iso(past.endedAtMs), seconds(past.durationMs), past.startedBy],
    ...[String(past.reachedPercent), String(past.errorRate?.canary ?? ''), String(past.slow?.canary ?? '')],
    ...[seconds(past.toZeroMs), past.cause ?? ''],
    ...timeCells(past),
  ]);

const timeCells = ({ responseTime: seen }: PastRelease): readonly string[] => {
  const { aboveSeconds = null, atMostSeconds = null } = seen?.canary ?? {};
  return [seen?.quantile ?? '', aboveSeconds ?? '', atMostSeconds ?? ''].map(String);
};

export const logCsv = (policies: readonly LoggedPolicy[]): string => csvOf([head, ...policies.flatMap(rowsOf)]);

export const logMarkdown = (policies: readonly LoggedPolicy[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...policies.flatMap(rowsOf).map(line)].join('\n');
};

const markdownCell = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*[\]<|]/g, (sign) => `\\${sign}`);
