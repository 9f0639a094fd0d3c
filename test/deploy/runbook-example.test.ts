import { describe, expect, it } from 'vitest';
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import { runbookFile, runbookText } from '../support/runbook.ts';

const read = async () => {
  const parsed = await parsePolicy(runbookText(), runbookFile);
  if (!parsed.ok) throw new Error(parsed.error.map(formatFileError).join('\n'));
  return parsed.value;
};

describe('deploy/runbook.example.yaml', () => {
  it('is a policy with the steps, sizes and limits of the runbook', async () => {
    const { plan, target } = await read();
    expect(target.spec).toMatchObject({ kind: 'command', replicas: 4 });
    expect(plan.steps).toEqual([
      { weight: 25, bakeMs: 600_000, replicas: 4 },
      { weight: 50, bakeMs: 900_000, replicas: 6 },
      { weight: 100, bakeMs: 1_800_000, replicas: 8 },
    ]);
    expect(plan).toMatchObject({ readyWithinMs: 300_000, scaleWithinMs: 600_000, watchMs: 7_200_000 });
  });

  it('has every kind of gate, what CI posts, and the five approvals, each by somebody', async () => {
    const { approvals, backup, checks, gates } = await read();
    expect(backup?.paths).toHaveLength(2);
    expect(gates.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['attested', 'backup', 'monitoring', 'onCall', 'stable']),
    );
    expect(checks.filter(({ isGate }) => isGate).map(({ kind, name }) => [name, kind])).toEqual([
      ['configuration', 'http'],
      ['monitoring-targets', 'targets'],
      ['capacity', 'query'],
    ]);
    expect(approvals.map(({ name }) => name)).toEqual(['technical', 'product', 'security', 'business', 'change']);
    expect(approvals.every(({ by }) => by.length > 0)).toBe(true);
  });

  it('asks at every stage, calls three tiers, and leaves tasks to people', async () => {
    const { checks, contacts, tasks } = await read();
    expect(new Set(checks.flatMap(({ stages }) => stages))).toEqual(
      new Set(['beforeTraffic', 'afterWeight', 'beforePromotion', 'afterPromotion', 'onRollback', 'onFailure']),
    );
    expect(Object.values(contacts).map((tier: readonly unknown[]) => tier.length)).toEqual([3, 3, 1]);
    expect(tasks).toHaveLength(7);
  });
});
