/** HAProxy's router and backends, on real processes with real requests. */
import { describe } from 'vitest';
import { backendsContract } from '../../contract/backends.ts';
import { type PlaneUnderTest, restartContract, routerContract } from '../../contract/router.ts';
import { answers, openSplit, startHaproxy } from '../../support/haproxy.ts';
import { needs } from '../../support/needs.ts';
import { must } from '../../support/proxy.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startAnswering } from '../../support/upstream.ts';

const make = async (): Promise<PlaneUnderTest> => {
  const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
  const haproxy = await startHaproxy();
  const { router, backends } = openSplit(await tempDir(), [haproxy]);
  for (const [backend, revision, { origin }] of [
    ['stable', 'old', stable],
    ['canary', 'new', canary],
  ] as const) {
    must(await backends.point({ backend, revision, endpoints: [origin], epoch: 1 }));
  }
  return {
    router,
    backends,
    send: async (requests) => (await answers(haproxy.origin, requests)) as ('canary' | 'stable')[],
    restart: haproxy.restart,
    // HAProxy finishes a round of its weights before new ones count in full.
    offBy: 1,
    dataPlane: 'counts',
  };
};

describe.runIf(needs('haproxy'))('on a real haproxy', () => {
  routerContract('haproxy', make);
  restartContract('haproxy', make);
  backendsContract('haproxy', make);
});
