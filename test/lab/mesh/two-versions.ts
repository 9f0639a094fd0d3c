/** A service in two versions behind a route, as a test of weights needs it: Deployments, Services, real pods. */
import { request } from 'undici';
import { eventually } from '../../support/eventually.ts';
import type { JoinedLab } from '../joined-lab.ts';
import { deployment, deploymentPath, isPodReady, podsOf, sampleContainer, samplePort } from '../sample-deployment.ts';

export const versions = ['stable', 'canary'] as const;
export type Version = (typeof versions)[number];

/** Resolves when the pods of both are ready; Services are named `app-stable`, `app-canary`, and `app` for both. */
export async function startTwoVersions(lab: JoinedLab, namespace: string): Promise<void> {
  const api = lab.api();
  for (const version of versions) {
    const name = `app-${version}`;
    const order = { name, namespace, container: sampleContainer(version), labels: { part: 'shop', version } };
    const annotations = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(samplePort) };
    await api.apply(deploymentPath(namespace, name), deployment({ ...order, annotations }));
    await applyService(name, { app: name });
  }
  await applyService('app', { part: 'shop' });
  const pods = podsOf(lab, namespace);
  await eventually(async () => (await pods()).filter(isPodReady).length === versions.length);

  function applyService(name: string, selector: object): Promise<unknown> {
    return api.apply(`/api/v1/namespaces/${namespace}/services/${name}`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector, ports: [{ name: 'http', port: 80, targetPort: samplePort }] },
    });
  }
}

export interface Answers {
  readonly stable: number;
  readonly canary: number;
  /** Without an answer of either. */
  readonly failed: number;
}

/** Where requests enter a mesh, and the host that they are for. */
export interface Entry {
  /** Address, with the port where it is not 80. */
  readonly address: string;
  readonly host: string;
}

/** Sends requests, a few at a time, and tells who answered each, in the order of the answers. */
export async function askEach({ address, host }: Entry, count: number): Promise<readonly (Version | 'failed')[]> {
  const answers: (Version | 'failed')[] = [];
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { statusCode, headers, body } = await request(`http://${address}/`, { headers: { host } });
      await body.dump();
      const version = versions.find((each) => each === headers['x-version']);
      answers.push(statusCode === 200 && version !== undefined ? version : 'failed');
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return answers;
}

/** Sends `count` requests for `host` to an ingress, a few at a time, and counts who answered. */
export async function ask(address: string, host: string, count: number): Promise<Answers> {
  const answers = await askEach({ address, host }, count);
  const of = (who: Version | 'failed'): number => answers.filter((answer) => answer === who).length;
  return { stable: of('stable'), canary: of('canary'), failed: of('failed') };
}

/** Asks until there is no answer but from the versions that are to answer. */
export const onlyFrom = (address: string, host: string, version: Version): Promise<unknown> =>
  eventually(async () => {
    const answers = await ask(address, host, 20);
    return answers[version] === 20;
  });
