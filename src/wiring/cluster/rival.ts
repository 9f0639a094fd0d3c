/** Two policies that want the same Deployment or the same route: the older one has it, and the other is told so. */
import type { KubeObject } from '../../kube/object.ts';
import { isMap } from '../../lib/config-file/sound-parts.ts';
import type { Problem } from '../../lib/result.ts';

type Words = Readonly<Record<string, unknown>>;

const wordsAt = (of: unknown, key: string): Words => {
  const found = isMap(of) ? of[key] : undefined;
  return isMap(found) ? found : {};
};

/** What nobody shares, by names for people. */
function claimsOf({ spec }: KubeObject): readonly string[] {
  const traffic = wordsAt(spec, 'traffic');
  const claims: readonly (readonly [string, unknown])[] = [
    ['Deployment', wordsAt(spec, 'target')['deployment']],
    ['VirtualService', wordsAt(traffic, 'istio')['virtualService']],
    ['HTTPRoute', wordsAt(traffic, 'gatewayApi')['httpRoute']],
    ['GRPCRoute', wordsAt(traffic, 'gatewayApi')['grpcRoute']],
    ['TraefikService', wordsAt(traffic, 'traefik')['traefikService']],
    [String(wordsAt(traffic, 'jsonPatch')['resource']), wordsAt(traffic, 'jsonPatch')['name']],
  ];
  return claims.flatMap(([kind, name]) => (typeof name === 'string' ? [`${kind} ${name}`] : []));
}

const ageOf = ({ metadata: { creationTimestamp = '', uid } }: KubeObject): string => `${creationTimestamp} ${uid}`;

/** null: nobody older has any of it. */
export function rivalOf(policy: KubeObject, all: readonly KubeObject[]): Problem | null {
  const claims = new Set(claimsOf(policy));
  for (const other of all) {
    if (other.metadata.uid === policy.metadata.uid || ageOf(other) > ageOf(policy)) continue;
    const shared = claimsOf(other).find((claim) => claims.has(claim));
    if (shared !== undefined) return taken(shared, other.metadata.name);
  }
  return null;
}

const taken = (claim: string, owner: string): Problem => ({
  reason: 'TakenByOther',
  message: `${claim} belongs to ReleasePolicy ${owner}, which is older: name another one, or delete that policy first`,
  retryable: false,
});
