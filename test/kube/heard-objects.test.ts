import { describe, expect, it } from 'vitest';
import { HeardObjects } from '../../src/kube/heard-objects.ts';
import type { KubeObject } from '../../src/kube/object.ts';

const object = (name: string, version: number): KubeObject => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: String(version) },
});

const versions = (heard: HeardObjects): readonly string[] =>
  heard.all().map(({ metadata: { name, resourceVersion } }) => `${name}@${resourceVersion}`);

describe('objects as heard', () => {
  it('keep what a write was answered while an older list was on its way, also what that list did not hold yet', () => {
    const heard = new HeardObjects();
    expect(heard.take({ kind: 'listed', version: '5', objects: [object('a', 3)] })).toBe(true);
    expect(heard.learn(object('a', 8))).toBe(true);
    expect(heard.learn(object('b', 9))).toBe(true);
    expect(heard.take({ kind: 'listed', version: '7', objects: [object('a', 3)] })).toBe(false);
    expect(versions(heard)).toEqual(['a@8', 'b@9']);
    expect(heard.take({ kind: 'listed', version: '12', objects: [object('a', 8)] })).toBe(true);
    expect(versions(heard)).toEqual(['a@8']);
  });

  it('do not come back by the late answer of a write on what was deleted since', () => {
    const heard = new HeardObjects();
    heard.take({ kind: 'listed', version: '5', objects: [object('a', 3)] });
    expect(heard.take({ kind: 'deleted', object: object('a', 9) })).toBe(true);
    expect(heard.learn(object('a', 8))).toBe(false);
    expect(heard.all()).toEqual([]);
    expect(heard.learn(object('a', 12))).toBe(true);
  });

  it('never go back in time, and say whether anything changed', () => {
    const heard = new HeardObjects();
    heard.take({ kind: 'listed', version: '5', objects: [object('a', 5)] });
    expect(heard.take({ kind: 'changed', object: object('a', 4) })).toBe(false);
    expect(heard.learn(object('a', 5))).toBe(false);
    expect(heard.take({ kind: 'listed', version: '6', objects: [object('a', 5)] })).toBe(false);
    expect(heard.take({ kind: 'changed', object: object('a', 7) })).toBe(true);
    expect(versions(heard)).toEqual(['a@7']);
  });
});
