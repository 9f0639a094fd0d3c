/** Right after a restart of the controller one failed probe of an endpoint that had been ready counted as "none is ready": rolled back. */
import { expect, it } from 'vitest';
import { allReady, openWorkload, stateOf } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

it('gives an endpoint as many probes as at any other time', async () => {
  let failing = 0;
  const { origin } = await startUpstream((_request, response) => {
    failing -= 1;
    response.writeHead(failing >= 0 ? 503 : 200).end();
  });
  const stateDir = await tempDir();
  const first = await openWorkload({ stateDir });
  await first.ensure('v2', { kind: 'endpoints', urls: [origin], healthPath: '/healthz' }, 1);
  await allReady(first, 'v2');
  first.close();
  failing = 1;
  const next = await openWorkload({ stateDir });
  expect((await stateOf(next, 'v2')).instances.map(({ state }) => state)).toEqual(['ready']);
  next.close();
  failing = 1_000;
  const last = await openWorkload({ stateDir });
  expect((await stateOf(last, 'v2')).instances.map(({ state }) => state)).toEqual(['starting']);
});
