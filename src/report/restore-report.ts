/** What a restore did, or would do, and what is to be looked at after it. */
import type { RestoreItem, RollbackPoint } from '../backup/snapshots.ts';

export interface RestoreCheck {
  readonly name: string;
  /** `unknown`: nobody here can tell; the evidence says where to look. */
  readonly state: 'passed' | 'failed' | 'unknown';
  readonly evidence: string;
}

export interface RestoreReport {
  readonly policy: string;
  readonly point: RollbackPoint;
  /** Nothing was written. */
  readonly dryRun: boolean;
  readonly items: readonly RestoreItem[];
  readonly remarks: readonly string[];
  /** Empty after a dry run. */
  readonly checklist: readonly RestoreCheck[];
  /** What those who were asked afterwards have against it, and what to do; null: nothing, or nobody was asked. */
  readonly unsound: string | null;
}

const words: Readonly<Record<RestoreItem['state'], string>> = {
  same: 'is the same',
  restore: 'comes back',
  overwrite: 'is overwritten, as it was named',
  conflict: 'was changed since the release ended: left alone',
  done: 'came back',
};

export const restoreLines = ({ checklist, items, point, remarks, unsound }: RestoreReport): readonly string[] => {
  const differing = items.filter(({ state }) => state !== 'same');
  const same = items.length - differing.length;
  return [
    `rollback point ${point.id}: ${point.revision}, ${point.holds}`,
    ...differing.flatMap(({ diff, name, state }) => [`${name} ${words[state]}`, ...diff.map((line) => `    ${line}`)]),
    ...(same > 0 ? [`${same} more ${same === 1 ? 'is' : 'are'} as the point has ${same === 1 ? 'it' : 'them'}`] : []),
    ...remarks,
    ...checklist.map(({ evidence, name, state }) => `${state.padEnd(8)} ${name}: ${evidence}`),
    ...(unsound === null ? [] : [unsound]),
  ];
};
