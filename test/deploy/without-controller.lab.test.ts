/** The page for the day on which the controller is gone: its commands are run as they stand there. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api, KubeObject } from '../lab/api/api.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { betweenServices } from '../lab/mesh/istio-kinds.ts';
import { type Mesh, startMesh } from '../lab/mesh/mesh.ts';
import { aMeshRoute, type MeshKind } from '../lab/mesh/mesh-route.ts';
import { routeOfGateway, traefikService } from '../lab/mesh/traefik-kinds.ts';
import { onlyFrom } from '../lab/mesh/two-versions.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { addresses } from '../lab/network/network.ts';
import { fileOf } from '../lab/parts/parts.ts';
import { deploymentPath } from '../lab/sample-deployment.ts';
import { suiteEnd } from '../support/at-end.ts';
import { startClusterUsers } from '../support/cluster-users.ts';
import { deliveredSpec } from '../support/delivered-service.ts';
import { eventually } from '../support/eventually.ts';
import { anOperatedService, takenOver } from '../support/operated-service.ts';

const blocks = [...readFileSync('deploy/without-controller.md', 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].map(
  ([, text = '']) => text,
);
const [ofVirtualService = '', ofHttpRoute = '', ofTraefikService = '', toTakeAway = ''] = blocks;

const oneRoute: MeshKind = {
  ...betweenServices,
  spec: (of) => ({ ...betweenServices.spec(of), http: (betweenServices.spec(of) as { http: object[] }).http.slice(1) }),
  canary: ({ http }: { http: { route: { weight?: number }[] }[] }) => http[0]?.route[1]?.weight ?? 0,
};

/** Parts of an object that Sluice set, by what the API server notes of each writer. */
async function fieldsBySluice(api: Api, path: string): Promise<readonly string[]> {
  const { metadata } = await api.get<Managed>(path);
  const sets = metadata.managedFields.filter(
    ({ manager, subresource }) => manager === 'sluice' && subresource === undefined,
  );
  const paths = sets.flatMap(({ fieldsV1 }) =>
    Object.entries(fieldsV1).flatMap(([part, fields]) => Object.keys(fields).map((field) => `${part}.${field}`)),
  );
  return [...new Set(paths)].map((each) => each.replaceAll('f:', '')).sort();
}

interface Managed extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly managedFields: readonly {
      readonly manager: string;
      readonly subresource?: string;
      readonly fieldsV1: Readonly<Record<string, object>>;
    }[];
  };
}

const plan = {
  steps: [
    { weight: 25, bake: '30m' },
    { weight: 100, bake: '1m' },
  ],
  readyWithin: '20m',
  scaleWithin: '20m',
  watchFor: '1m',
  drain: '10s',
  verify: 'config',
  maxDuration: '300m',
};

describe.runIf(await needsLab())('deploy/without-controller.md', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let mesh: Mesh;

  const shell = (commands: string, namespace: string): string => {
    const { PATH = '' } = process.env;
    const path = [dirname(fileOf('kubernetes', 'kubectl')), PATH].join(delimiter);
    const env = { ...process.env, PATH: path, KUBECONFIG: lab.kubeconfig('admin') };
    const text = commands.replaceAll('-n shop', `-n ${namespace}`);
    return execFileSync('sh', ['-ec', text], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    mesh = await startMesh(lab);
    await applyDefinitions(lab.api());
  });

  it.each([
    ['VirtualService', 'virtualservice', oneRoute, ofVirtualService],
    ['HTTPRoute', 'httproute', routeOfGateway, ofHttpRoute],
    ['TraefikService', 'traefikservice', traefikService, ofTraefikService],
  ])('its commands for a %s put all traffic on stable, and touch nothing that they do not know', async (...of) => {
    const [, word, kind, commands] = of;
    const route = await aMeshRoute(mesh, kind);
    await route.raise(50);
    await route.settled();
    const name = route.path.split('/').at(-1) ?? '';
    const own = commands.replace(`${word} app`, `${word} ${name}`);
    expect(() => shell(own.replace('"app-canary"', '"other"'), mesh.namespace)).toThrow();
    expect(kind.canary((await route.object())['spec'] as never)).toBe(50);
    shell(own, mesh.namespace);
    await onlyFrom(kind.address, route.host, 'stable');
    expect(kind.canary((await route.object())['spec'] as never)).toBe(0);
  });

  it('the controller takes it for a rollback when it returns, and can be taken away without it', async () => {
    const service = await anOperatedService(lab, deliveredSpec({ plan }));
    const { api, namespace, host, policyPath, push, releases, startController } = service;
    const lost = startController();
    await takenOver(service, 'short');
    await push('v2');
    await eventually(async () => (await releases())[0]?.status?.weight?.applied === 25);
    // The fields that deploy/gitops.md tells GitOps managers to leave alone are all that Sluice has written.
    const services = `/api/v1/namespaces/${namespace}/services`;
    const target = deploymentPath(namespace, 'app');
    expect(await fieldsBySluice(api, target)).toEqual(['metadata.annotations', 'spec.replicas']);
    expect(await fieldsBySluice(api, `${services}/app`)).toEqual(['metadata.annotations', 'spec.selector']);
    expect(await fieldsBySluice(api, service.routePath)).toEqual(['metadata.annotations', 'spec.http']);
    lost.child.kill('SIGKILL');
    await lost.exited;
    const users = startClusterUsers(`http://${addresses.ingress}/`, host, atEnd);
    await eventually(() => users.answers['v2'] !== undefined);

    shell(ofVirtualService, namespace);
    await eventually(async () => {
      const before = { ...users.answers };
      await eventually(() => (users.answers['v1'] ?? 0) > (before['v1'] ?? 0) + 50);
      return users.answers['v2'] === before['v2'];
    });

    const back = startController();
    await eventually(async () => (await releases())[0]?.status?.phase === 'rolledBack');
    back.child.kill('SIGTERM');
    expect(await back.exited).toBe(0);
    expect(service.account.refused()).toEqual([]);

    await push('v1');
    shell(toTakeAway, namespace);
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await eventually(async () => (await api.list(deployments)).items.length === 1);
    await expect(api.get(policyPath)).rejects.toThrow('not found');
    const after = users.answers['v1'] ?? 0;
    await eventually(() => (users.answers['v1'] ?? 0) > after + 100);
    expect((await users.stop()).failed).toEqual([]);
  });
});
