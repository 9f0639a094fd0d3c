/** Releases that a new controller finds, and whose policy is not there. */
import { expect, it } from 'vitest';
import { ok } from '../../../src/lib/result.ts';
import type { ClusterScene } from '../../../src/wiring/cluster/cluster-scene.ts';
import { policiesFolder } from '../../../src/wiring/cluster/policies-folder.ts';
import { PolicyKeepers } from '../../../src/wiring/cluster/policy-keepers.ts';
import { inPhase, phases } from '../../support/a-release.ts';
import { logLines } from '../../support/log-lines.ts';

it('are told of once, however often something changes', () => {
  const { lines, log } = logLines();
  const heard: ((path: string, object: object) => void)[] = [];
  const view = { list: () => ok([]), onChange: (listener: (typeof heard)[number]) => heard.push(listener) };
  const keepers = new PolicyKeepers({
    scene: { log, view, namespace: 'shop' } as unknown as ClusterScene,
    active: [inPhase(phases.shifting)],
    ...{ deliver: () => undefined, moved: () => undefined, recall: async () => ok(undefined) },
    signal: new AbortController().signal,
  });
  keepers.begin();
  for (let change = 0; change < 3; change += 1) for (const hear of heard) hear(policiesFolder('shop'), {});
  expect([heard.length, lines]).toMatchObject([1, [{ release: 'app-1', policy: 'app', level: 'warn' }]]);
});
