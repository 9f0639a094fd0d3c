/** The chart as plain manifests, a file for each router: what Helm renders, and nothing added. */
import { execFileSync } from 'node:child_process';
import { fileOf } from '../lab/parts/parts.ts';

const head = `# Rendered from deploy/chart (npm run manifests): the controller in namespace \`sluice\`, for the policies of namespace \`shop\`.
# Both namespaces must be there. First the definitions: kubectl apply --server-side -f deploy/chart/files/definitions.yaml
`;

const routers = ['istio', 'gatewayApi', 'traefik'] as const;

type RouterName = (typeof routers)[number];

const files: Readonly<Record<RouterName, string>> = {
  istio: 'deploy/install/istio.yaml',
  gatewayApi: 'deploy/install/gateway-api.yaml',
  traefik: 'deploy/install/traefik.yaml',
};

interface Rendering {
  readonly namespace: string;
  /** `routers.istio=true` */
  readonly set?: readonly string[];
  /** Templates; default: all. */
  readonly only?: readonly string[];
}

/** Runs Helm; throws with what it says. */
export const renderChart = ({ namespace, set = [], only = [] }: Rendering): string => {
  const flags = [
    ...set.flatMap((value) => ['--set', value]),
    ...only.flatMap((template) => ['--show-only', `templates/${template}.yaml`]),
  ];
  return helm(['template', 'sluice', 'deploy/chart', '--namespace', namespace, ...flags]);
};

/** Throws with what it says. */
export const helm = (words: readonly string[]): string =>
  execFileSync(fileOf('helm', 'helm'), words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Text of a file by its path. */
export const manifests: Readonly<Record<string, () => string>> = Object.fromEntries(
  routers.map((router) => {
    const enabled = routers.map((each) => `routers.${each}=${String(each === router)}`);
    const set = ['watchNamespace=shop', 'crds.install=false', ...enabled];
    return [files[router], () => head + renderChart({ namespace: 'sluice', set })];
  }),
);
