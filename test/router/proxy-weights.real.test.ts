/** The split under load, its weight changed a thousand times: no request fails, and the share is exact at every look. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { RouteState } from '../../src/router/router.ts';
import { needs } from '../support/needs.ts';
import { startProcess } from '../support/process.ts';
import { must, startTestProxy } from '../support/proxy.ts';

const changes = 1_000;

/** Counts and answers, and remembers nothing. */
const counting = async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => requests };
};

/** Whole decks have just their share; of one that is not dealt to the end, anything from none to all cards may have come. */
const expectExact = ({ canary: weight, since }: RouteState): void => {
  const { canary, stable } = since ?? { canary: 0, stable: 0 };
  const whole = Math.floor((canary + stable) / 100) * weight;
  const dealt = (canary + stable) % 100;
  const seen = `${canary} of ${canary + stable} at ${weight} %`;
  expect(canary, seen).toBeGreaterThanOrEqual(whole + Math.max(0, dealt - (100 - weight)));
  expect(canary, seen).toBeLessThanOrEqual(whole + Math.min(weight, dealt));
};

test.runIf(needs('wrk'))('1,000 changes of the weight under load: no failed request, shares exact', async () => {
  const [stable, canary] = [await counting(), await counting()];
  const proxy = await startTestProxy();
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  const load = startProcess(['wrk', '-t1', '-c16', '-d600s', proxy.origin()]);
  let weight = 0;
  for (let change = 0; change < changes; change++) {
    const before = must(await proxy.router.observe());
    expectExact(before);
    weight = (weight * 31 + 17) % 101;
    const ifVersion = before.version;
    const after = must(await proxy.router.write({ release: 'r1', epoch: 1, canary: weight, ifVersion, latch: false }));
    expectExact(after);
  }
  must(await proxy.router.write({ release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true }));
  await load.end('SIGINT');
  const said = load.output();
  expect(said).toMatch(/\d+ requests in/);
  expect(said).not.toMatch(/Non-2xx|Socket errors/);
  const failures = ['500', '502', '503', '504'].flatMap((code) =>
    ['stable', 'canary'].map((backend) => `{backend="${backend}",revision="${backend}-rev",code="${code}"}`),
  );
  for (const series of failures) expect(await proxy.metric(`sluice_proxy_requests_total${series}`), series).toBe(0);
  expect(canary.count()).toBeGreaterThan(0);
  const served = Number(/(\d+) requests in/.exec(said)?.[1]);
  // What was under way when the load ended was served and not counted by it.
  expect(canary.count() + stable.count() - served).toBeLessThanOrEqual(16);
});
