import { describe, expect, it } from 'vitest';
import type { Happened } from '../faults/history.ts';
import { changes, weightFaults } from './mid-release.ts';

const at = (seconds: number, canary: number, stamp = String(seconds)): Happened => ({
  atMs: seconds * 1_000,
  plural: 'virtualservices',
  isGone: false,
  object: {
    metadata: {
      ...{ name: 'app', uid: 'u', resourceVersion: stamp },
      annotations: { 'sluice.dev/epoch': '1', 'sluice.dev/release': 'app-1', 'sluice.dev/stamp': stamp },
    },
    spec: { http: [{ route: [{ weight: 100 - canary }, { weight: canary }] }] },
  },
});

describe('what an upgrade may not do', () => {
  it('is nothing where every release took its steps in their time', () => {
    expect(weightFaults([at(0, 0), at(10, 25), at(160, 50)])).toEqual([]);
  });

  it.each([
    ['shortens a bake', [at(0, 0), at(10, 25), at(100, 50)], /baked 90 of 150 s at 25 %/],
    ['takes a weight back', [at(0, 0), at(10, 25), at(30, 0)], /lowered to 0 %/],
    ['leaves a step out', [at(0, 0), at(10, 25), at(500, 100)], /went from step 1 to step 3/],
  ])('is told where it %s', (_, happened, fault) => {
    expect(weightFaults(happened)).toEqual([expect.stringMatching(fault)]);
  });

  it('is told of what is new, gone or another', () => {
    const before = new Map([
      ['Release a', '1'],
      ['Release b', '1'],
    ]);
    const after = new Map([
      ['Release b', '2'],
      ['Release c', '1'],
    ]);
    expect(changes(before, after)).toEqual(['Release a is gone', 'Release c is new', 'Release b is another']);
    expect(changes(before, before)).toEqual([]);
  });
});
