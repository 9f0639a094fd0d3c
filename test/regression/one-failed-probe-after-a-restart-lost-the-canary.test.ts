/** Right after a restart of the controller one failed probe of an endpoint that had been ready counted as "none is ready": rolled back. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { allReady, openWorkload, stateOf } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

it('gives an endpoint as many probes as at any other time', async () => {
  let failing = 0;
  const server = createServer((_request, response) => {
    failing -= 1;
    response.writeHead(failing >= 0 ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stateDir = await tempDir();
  const first = await openWorkload({ stateDir });
  await first.ensure('v2', { kind: 'endpoints', urls: [url], healthPath: '/healthz' }, 1);
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
