/** The route: found, with both versions in it, its weights writable by a dry run, and nobody else writing them; and the Services it names. */
import type { KubeObject } from '../../../kube/object.ts';
import { clusterRouter } from '../../../wiring/cluster-router.ts';
import { folders } from '../../../workload/kubernetes/labels.ts';
import { selectorOf } from '../../../workload/kubernetes/services.ts';
import { fine, type PreflightLine, skipped } from '../line.ts';
import type { ClusterLook, ClusterPreflight } from './scene.ts';
import { ownerOf, unseen } from './scene.ts';

export const routeLook: ClusterLook = async (scene) => [...(await serviceLines(scene)), ...(await routeLines(scene))];

async function routeLines(scene: ClusterPreflight): Promise<readonly PreflightLine[]> {
  const { client, namespace, policy } = scene;
  const router = clusterRouter({ client, namespace }, policy.traffic);
  if (!router.ok) return [{ grade: 'fail', subject: 'route', says: router.error.message, fix: 'mend spec.traffic' }];
  const subject = router.value.name;
  const state = await router.value.observe();
  if (!state.ok) {
    const { message, reason } = state.error;
    return [{ grade: 'fail', subject, says: message, fix: fixes[reason] ?? 'mend the route, or spec.traffic' }];
  }
  const { canary, stable, writer } = state.value;
  const split = fine(subject, `splits stable ${stable}, canary ${canary}`);
  // Whoever drives the rollout writes it, and nobody else has to.
  if (policy.mode === 'observe') return [split];
  const owner: readonly PreflightLine[] =
    writer === undefined || writer === null || writer.ignore === null
      ? []
      : [
          {
            grade: 'warn',
            subject: `weights of ${subject}`,
            says: `${writer.name} writes the route`,
            fix: writer.ignore,
          },
        ];
  return [split, ...owner, await writableLine(scene, subject)];
}

const fixes: Readonly<Record<string, string>> = {
  NotFound: 'apply the route, with both Services at weights 100 and 0',
  Forbidden: 'ask for a Role with get on it',
};

/** A change of nothing but an annotation, which is kept by nobody: admission, schema and rights are asked. */
async function writableLine({ client, namespace, policy }: ClusterPreflight, route: string): Promise<PreflightLine> {
  const subject = `writing ${route}`;
  const path = pathOf(namespace, policy.traffic);
  if (path === null) return skipped(subject, 'not tried: it is named by pointers');
  const body = { metadata: { annotations: { 'sluice.dev/preflight': 'tried' } } };
  const tried = await client.patch(`${path}?dryRun=All`, { type: 'merge', body });
  if (tried.ok) return fine(subject, 'a dry run of it was accepted');
  if (tried.error.reason === 'Forbidden' && !tried.error.message.includes('denied the request'))
    return unseen(subject, `you may not write it yourself (${tried.error.message})`);
  return { grade: 'fail', subject, says: tried.error.message, fix: 'let whoever refuses it take it' };
}

function pathOf(namespace: string, traffic: ClusterPreflight['policy']['traffic']): string | null {
  const { istio, gatewayApi, traefik } = traffic;
  if (istio !== undefined)
    return `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/${istio.virtualService}`;
  if (gatewayApi?.httpRoute !== undefined)
    return `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/${gatewayApi.httpRoute}`;
  if (gatewayApi?.grpcRoute !== undefined)
    return `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/grpcroutes/${gatewayApi.grpcRoute}`;
  if (traefik !== undefined)
    return `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices/${traefik.traefikService}`;
  return null;
}

async function serviceLines(scene: ClusterPreflight): Promise<readonly PreflightLine[]> {
  const { client, namespace, policy } = scene;
  const { istio, gatewayApi, traefik, jsonPatch } = policy.traffic;
  const services = (istio ?? gatewayApi ?? traefik ?? jsonPatch)?.services;
  if (services === undefined) return [];
  if (policy.mode === 'observe') return Promise.all(drivenServices(services).map((each) => drivenLine(scene, each)));
  const names = [policy.deployment, services.stable, services.canary];
  const line = async (name: string): Promise<PreflightLine> => {
    const subject = `service ${name}`;
    const read = await client.get(`${folders(namespace).services}/${name}`);
    if (read.ok) return selectorLine(subject, read.value);
    if (read.error.reason !== 'NotFound') return unseen(subject, read.error.message);
    if (name !== policy.deployment)
      return skipped(subject, `is not there yet: it is made after Service ${policy.deployment}`);
    const says = `there is no Service ${name} whose ports those of both versions could have`;
    return { grade: 'fail', subject, says, fix: `apply a Service ${name} that selects the pods of the Deployment` };
  };
  return Promise.all([...new Set(names)].map(line));
}

interface Driven {
  readonly backend: 'stable' | 'canary';
  readonly name: string;
}

const drivenServices = ({ canary, stable }: Readonly<Record<Driven['backend'], string>>): readonly Driven[] => [
  { backend: 'stable', name: stable },
  { backend: 'canary', name: canary },
];

/** Of a rollout that somebody else drives: what is behind it tells which version is which. */
async function drivenLine({ client, namespace }: ClusterPreflight, { backend, name }: Driven): Promise<PreflightLine> {
  const subject = `service ${name}`;
  const read = await client.get(`${folders(namespace).services}/${name}`);
  if (!read.ok && read.error.reason !== 'NotFound') return unseen(subject, read.error.message);
  const selects = read.ok && Object.keys(selectorOf(read.value)).length > 0;
  if (selects) return fine(subject, `is there: what it selects is taken for the ${backend}`);
  const says = read.ok ? 'selects no pods, so nothing can be observed behind it' : 'is not there';
  const fix = `name the Service that whoever drives the rollout puts ${backend}'s pods behind in spec.traffic`;
  return { grade: 'fail', subject, says, fix };
}

function selectorLine(subject: string, object: KubeObject): PreflightLine {
  const owner = ownerOf(object, (fields) => fields.includes('"f:selector"'));
  if (owner === null) return fine(subject, 'is there; nobody else writes its selector');
  const { name } = object.metadata;
  const fix = `let it ignore the field (Argo CD: spec.ignoreDifferences: [{ kind: Service, name: ${name}, jsonPointers: [/spec/selector] }], with syncOptions: [RespectIgnoreDifferences=true])`;
  return { grade: 'warn', subject, says: `${owner} writes its selector: it would move users`, fix };
}
