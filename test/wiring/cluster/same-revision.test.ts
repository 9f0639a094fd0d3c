import { describe, expect, it } from 'vitest';
import { failed, ok, type Result } from '../../../src/lib/result.ts';
import { SameRevision } from '../../../src/wiring/cluster/same-revision.ts';
import type { Wish } from '../../../src/workload/kubernetes/wish.ts';
import type { PodsSpec } from '../../../src/workload/revision-spec.ts';
import { aPolicy } from '../../support/a-release.ts';

const spec: PodsSpec = { kind: 'pods', template: {}, config: [], replicas: 2 };
const wish: Wish = { revision: 'v2-defaulted', spec, named: [], standing: 'down', ready: 0, rollback: null };
const state = aPolicy({ stable: 'v1', revisions: { v0: spec, v1: spec, v2: spec, v3: spec }, frozen: ['v0'] });

/** A server that makes of these revisions' templates what is asked for. */
function serverOf(...same: readonly string[]) {
  const asked: string[] = [];
  const isSame = async (_wish: Wish, name: string): Promise<Result<boolean>> => {
    asked.push(name);
    return ok(same.includes(name));
  };
  return { asked, target: { isSame } };
}

describe('a template that has another name since an upgrade', () => {
  it('is the one that is being released, and the server is asked once', async () => {
    const { asked, target } = serverOf('v2');
    const revisions = new SameRevision();
    expect(revisions.known('v2-defaulted')).toBe('v2-defaulted');
    expect(await revisions.find(wish, { running: 'v2', state, target })).toEqual(ok(true));
    expect(await revisions.find(wish, { running: 'v2', state, target })).toEqual(ok(true));
    expect(revisions.known('v2-defaulted')).toBe('v2');
    expect(asked).toEqual(['v2']);
  });

  it.each(['v1', 'v0'])('is stable, or was taken back: %s', async (name) => {
    const revisions = new SameRevision();
    expect(await revisions.find(wish, { running: null, state, ...serverOf(name) })).toEqual(ok(true));
    expect(revisions.known('v2-defaulted')).toBe(name);
  });

  it('is a revision of its own where only one that is neither had it', async () => {
    const { asked, target } = serverOf('v3');
    const revisions = new SameRevision();
    expect(await revisions.find(wish, { running: null, state, target })).toEqual(ok(false));
    expect(asked).toEqual(['v1', 'v0']);
    expect(revisions.known('v2-defaulted')).toBe('v2-defaulted');
  });

  it('is asked for anew when the release that it was made way for another', async () => {
    const { target } = serverOf('v2');
    const revisions = new SameRevision();
    await revisions.find(wish, { running: 'v2', state, target });
    expect(await revisions.find(wish, { running: null, state, target })).toEqual(ok(false));
    expect(revisions.known('v2-defaulted')).toBe('v2-defaulted');
  });

  it('is not decided while the server says nothing', async () => {
    const problem = { reason: 'Unreachable', message: 'no answer', retryable: true };
    const revisions = new SameRevision();
    const silent = { isSame: async () => failed(problem) };
    expect(await revisions.find(wish, { running: 'v2', state, target: silent })).toEqual(failed(problem));
    expect(await revisions.find(wish, { running: 'v2', state, ...serverOf('v2') })).toEqual(ok(true));
  });
});
