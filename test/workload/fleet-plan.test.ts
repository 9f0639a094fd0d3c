/** Which host is changed next. */
import { describe, expect, it } from 'vitest';
import { nextMove, type PlannedHost, surplus, type Want } from '../../src/workload/fleet-plan.ts';

const free = (name: string, change: Partial<PlannedHost> = {}): PlannedHost => ({
  name,
  revision: null,
  ordinal: 0,
  stage: 'free',
  runs: null,
  intact: false,
  dueAtMs: null,
  ready: false,
  removable: false,
  ...change,
});

const host = (name: string, revision: string, ordinal: number, change: Partial<PlannedHost> = {}): PlannedHost =>
  free(name, { revision, ordinal, stage: 'done', runs: { revision }, intact: true, ready: true, ...change });

const all = ['a', 'b', 'c', 'd'];
const want = (revision: string, wanted: number, hosts = all): Want => ({ revision, wanted, hosts });
const next = (hosts: readonly PlannedHost[], ...wants: readonly Want[]) => nextMove({ hosts, wants, nowMs: 1_000 });

const three = [host('a', 'v1', 1), host('b', 'v1', 2), host('c', 'v1', 3)];

describe('the next move', () => {
  it('is none where everybody has what is wanted', () => {
    expect(next([...three, free('d')], want('v1', 3))).toBeNull();
  });

  it('finishes what was begun before anything else', () => {
    for (const stage of ['found', 'leaving', 'changing'] as const)
      expect(next([...three, host('d', 'v2', 1, { stage, ready: false })], want('v1', 3), want('v2', 3))).toEqual({
        kind: 'change',
        host: 'd',
      });
  });

  it('looks at all that may serve before it goes on with anything else', () => {
    const found = host('d', 'v1', 4, { stage: 'found', ready: false });
    const down = host('c', 'v1', 3, { stage: 'leaving', ready: false });
    expect(next([...three.slice(0, 2), down, found], want('v1', 4))).toEqual({ kind: 'change', host: 'd' });
  });

  it('gives a whole host before a torn one', () => {
    const torn = free('a', { runs: { revision: 'v2' } });
    const whole = free('b', { runs: { revision: 'v2' }, intact: true });
    expect(next([torn, whole], want('v1', 1))).toEqual({ kind: 'give', host: 'b', revision: 'v1' });
  });

  it('gives a free host, and of those one that needs no command', () => {
    const kept = free('d', { runs: { revision: 'v2' }, intact: true });
    const torn = free('d', { runs: { revision: 'v2' } });
    expect(next([free('b'), kept], want('v2', 1))).toEqual({ kind: 'give', host: 'd', revision: 'v2' });
    expect(next([free('b'), torn], want('v2', 1))).toEqual({ kind: 'give', host: 'b', revision: 'v2' });
  });

  it('takes the newest of an older revision, never its last ready one, and none from a newer one', () => {
    const hosts = [...three, host('d', 'v2', 1)];
    expect(next(hosts, want('v1', 3), want('v2', 2))).toEqual({ kind: 'give', host: 'c', revision: 'v2' });
    const one = [host('a', 'v1', 1), host('b', 'v2', 1), host('c', 'v2', 2), host('d', 'v2', 3)];
    expect(next(one, want('v1', 3), want('v2', 4))).toBeNull();
    const sick = [host('a', 'v1', 1), host('b', 'v1', 2, { ready: false }), host('c', 'v2', 1)];
    expect(next(sick, want('v1', 2), want('v2', 2))).toEqual({ kind: 'give', host: 'b', revision: 'v2' });
  });

  it('takes no more while one of its own hosts is failed or unwell', () => {
    for (const change of [{ stage: 'failed', ready: false, dueAtMs: 5_000 }, { ready: false }] as const)
      expect(next([...three, host('d', 'v2', 1, change)], want('v1', 3), want('v2', 2))).toBeNull();
  });

  it('tries a failed one again when it is due', () => {
    const failed = host('d', 'v2', 1, { stage: 'failed', ready: false, dueAtMs: 900 });
    expect(next([...three, failed], want('v1', 3), want('v2', 1))).toEqual({ kind: 'change', host: 'd' });
  });

  it('serves first who has nothing at all', () => {
    const hosts = [host('a', 'v2', 1), free('b')];
    expect(next(hosts, want('v1', 3), want('v2', 3))).toEqual({ kind: 'give', host: 'b', revision: 'v1' });
  });

  it('gives only hosts that the revision names', () => {
    expect(next([...three, free('d')], want('v1', 3), want('v2', 1, ['a', 'b']))).toEqual({
      kind: 'give',
      host: 'b',
      revision: 'v2',
    });
  });

  it('removes last what nobody wants, where there is a command for it', () => {
    const left = free('d', { runs: { revision: 'v0' }, removable: true });
    expect(next([...three, left], want('v1', 3))).toEqual({ kind: 'remove', host: 'd' });
    expect(next([...three, left], want('v1', 4))).toEqual({ kind: 'give', host: 'd', revision: 'v1' });
    expect(next([...three, { ...left, removable: false }], want('v1', 3))).toBeNull();
  });
});

describe('the surplus', () => {
  it('is the newest, but never the last ready one while any is wanted', () => {
    expect(surplus(three, { revision: 'v1', wanted: 1 })).toEqual(['b', 'c']);
    const onlyLast = three.map((each) => ({ ...each, ready: each.name === 'c' }));
    expect(surplus(onlyLast, { revision: 'v1', wanted: 1 })).toEqual(['b']);
    expect(surplus(onlyLast, { revision: 'v1', wanted: 0 })).toEqual(['a', 'b', 'c']);
  });
});
