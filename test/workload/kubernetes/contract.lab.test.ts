import { beforeAll, describe } from 'vitest';
import { workloadContract } from '../../contract/workload.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { aKubernetesWorld, podsSpec, sampleSpec } from '../../support/kubernetes-workload.ts';

describe.runIf(await needsLab('bare'))('on a real API server', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
  });

  workloadContract('pods of a cluster', async () => {
    const { workload, backends, allReady } = await aKubernetesWorld(lab);
    const order = (url: string, body: object): Promise<unknown> =>
      fetch(`${url}/_control`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined);
    return {
      workload,
      backends,
      keeper: 'cluster',
      restarts: 'others',
      spec: sampleSpec,
      makeReady: async (revision) => void (await allReady(revision)),
      kill: async (_revision, { url }) => void (await order(url, { exit: 1 })),
      hang: async (_revision, { url }) => void (await order(url, { unhealthy: true })),
      ensureHopeless: async (revision) => {
        await workload.ensure(revision, podsSpec({ name: 'app', image: 'missing/app:v9' }), 1);
      },
    };
  });
});
