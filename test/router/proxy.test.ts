/** The built-in proxy's router and backends, on real processes with real requests. */
import { Agent, get } from 'node:http';
import { backendsContract } from '../contract/backends.ts';
import { deckContract, type PlaneUnderTest, restartContract, routerContract } from '../contract/router.ts';
import { must, startTestProxy } from '../support/proxy.ts';
import { startAnswering } from '../support/upstream.ts';

const make = async (): Promise<PlaneUnderTest> => {
  const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
  const proxy = await startTestProxy();
  for (const [backend, revision, { origin }] of [
    ['stable', 'old', stable],
    ['canary', 'new', canary],
  ] as const) {
    must(await proxy.backends.point({ backend, revision, endpoints: [origin], epoch: 1 }));
  }
  const agent = new Agent({ keepAlive: true });
  return {
    router: proxy.router,
    backends: proxy.backends,
    send: async (requests) => {
      const answers: ('canary' | 'stable')[] = [];
      while (answers.length < requests) answers.push((await text(proxy.origin(), agent)) as 'canary' | 'stable');
      return answers;
    },
    restart: proxy.restart,
    offBy: 0,
    dataPlane: 'counts',
  };
};

routerContract('proxy', make);
restartContract('proxy', make);
deckContract('proxy', make);
backendsContract('proxy', make);

const text = (url: string, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
