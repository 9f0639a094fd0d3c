/** What a controller has to be allowed in the namespace of its policies: the words of the shipped Role. */
import type { Right } from '../../kube/rights.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import type { ClusterTraffic } from '../../release/policy-cluster-traffic.ts';

type Row = readonly [group: string, resources: readonly string[], verbs: readonly string[]];

const looking = ['get', 'list', 'watch'] as const;

const always: readonly Row[] = [
  ['sluice.dev', ['releasepolicies'], [...looking, 'patch']],
  ['sluice.dev', ['releaseorders'], [...looking, 'create', 'delete']],
  ['sluice.dev', ['releaseorders/status'], ['patch']],
  ['sluice.dev', ['releases'], [...looking, 'create', 'delete']],
  ['sluice.dev', ['releasepolicies/status', 'releases/status'], ['get', 'update', 'patch']],
  ['apps', ['deployments'], [...looking, 'create', 'patch', 'delete']],
  ['', ['services'], [...looking, 'create', 'patch']],
  ['', ['configmaps'], [...looking, 'create', 'update', 'patch', 'delete']],
  ['', ['pods'], [...looking, 'patch', 'delete']],
  ['', ['namespaces'], ['watch']],
  ['', ['events'], ['create']],
  ['discovery.k8s.io', ['endpointslices'], looking],
  ['autoscaling', ['horizontalpodautoscalers'], [...looking, 'create', 'patch', 'delete']],
];

/** Where somebody else drives: its own objects, its store in ConfigMaps, and a look at the rest. */
const observing: readonly Row[] = [
  ['sluice.dev', ['releasepolicies'], looking],
  ...always.filter(([group, resources]) => group === 'sluice.dev' && !resources.includes('releasepolicies')),
  ['', ['configmaps'], [...looking, 'create', 'update', 'patch', 'delete']],
  ['', ['services', 'pods'], looking],
  ['', ['namespaces'], ['watch']],
  ['', ['events'], ['create']],
  ['apps', ['deployments'], looking],
  ['discovery.k8s.io', ['endpointslices'], looking],
  ['autoscaling', ['horizontalpodautoscalers'], looking],
];

/** Of checks, hooks and gates that run Jobs. */
const running: readonly Row[] = [
  ['batch', ['cronjobs'], ['get']],
  ['batch', ['jobs'], ['get', 'create', 'delete']],
  ['', ['pods/log'], ['get']],
];

const jobRows = ({ backup, checks }: Pick<ClusterPolicy, 'backup' | 'checks'>): readonly Row[] =>
  backup?.hook?.kind === 'job' || checks.some(({ ask }) => ask.kind === 'job') ? running : [];

function routeRows({ istio, gatewayApi, traefik, jsonPatch }: ClusterTraffic): readonly Row[] {
  const shifting = [...looking, 'patch'];
  if (istio !== undefined) {
    const rules: readonly Row[] =
      istio.subsets === undefined ? [] : [['networking.istio.io', ['destinationrules'], looking]];
    return [['networking.istio.io', ['virtualservices'], shifting], ...rules];
  }
  if (gatewayApi !== undefined) {
    const route = gatewayApi.httpRoute === undefined ? 'grpcroutes' : 'httproutes';
    return [['gateway.networking.k8s.io', [route], shifting]];
  }
  if (traefik !== undefined) return [['traefik.io', ['traefikservices'], shifting]];
  if (jsonPatch === undefined) return [];
  const [group = '', version] = jsonPatch.apiVersion.split('/');
  return [[version === undefined ? '' : group, [jsonPatch.resource], shifting]];
}

type Wanting = Pick<ClusterPolicy, 'backup' | 'checks' | 'mode' | 'traffic'>;

const rowsOf = ({ mode, traffic, ...policy }: Wanting): readonly Row[] =>
  mode === 'observe'
    ? [...observing, ...routeRows(traffic).map(([group, resources]): Row => [group, resources, looking])]
    : [...always, ...jobRows(policy), ...routeRows(traffic)];

/** Without Secrets: which ones a backup needs stands in what its Deployment runs, and its desk asks before it begins. */
export const neededRights = (policy: Wanting): readonly Right[] =>
  rowsOf(policy).flatMap(([group, resources, verbs]) =>
    resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
  );
