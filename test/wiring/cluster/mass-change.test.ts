import { describe, expect, it } from 'vitest';
import { MassChange } from '../../../src/wiring/cluster/mass-change.ts';

const begin = (mass: MassChange, policy: string, revision: string, confirmed: string | null = null): string | null => {
  const objection = mass.objection(policy, revision, confirmed);
  if (objection === null) mass.begun(policy, revision);
  return objection?.reason ?? null;
};

describe('revisions that changed while no controller was looking', () => {
  it('get five releases after a start, and the others wait for a word', () => {
    const mass = new MassChange();
    const policies = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const policy of policies) mass.seen(policy, 'new');
    expect(policies.map((policy) => begin(mass, policy, 'new'))).toEqual([
      ...[null, null, null, null, null],
      ...['MassRevisionChange', 'MassRevisionChange'],
    ]);
    expect(begin(mass, 'f', 'new', 'old')).toBe('MassRevisionChange');
    expect(begin(mass, 'f', 'new', 'new')).toBeNull();
    expect(mass.objection('g', 'new', null)?.message).toContain(
      'kubectl annotate releasepolicy g sluice.dev/confirmed=new',
    );
  });

  it('are not those that change under its eyes, nor the same one again', () => {
    const mass = new MassChange();
    for (const policy of ['a', 'b', 'c', 'd', 'e', 'f']) {
      mass.seen(policy, 'old');
      mass.seen(policy, 'new');
      expect(begin(mass, policy, 'new')).toBeNull();
    }
    for (const policy of ['g', 'h', 'i', 'j', 'k']) {
      mass.seen(policy, 'new');
      expect(begin(mass, policy, 'new')).toBeNull();
    }
    expect(begin(mass, 'g', 'new')).toBeNull();
  });
});
