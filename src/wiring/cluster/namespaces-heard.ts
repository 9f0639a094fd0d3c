/** Namespaces that have policies, as the API server tells of all of them. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import { type WatchNews, watch } from '../../kube/watch.ts';
import { relistEveryMs } from './cluster-scene.ts';

export interface HearNamespaces {
  readonly client: KubeClient;
  readonly signal: AbortSignal;
  /** Told of all that there are whenever that may have changed. */
  readonly heard: (namespaces: ReadonlySet<string>) => void;
  /** It is tried again; `failures`: in a row. */
  readonly troubled: (problem: KubeProblem, failures: number) => void;
}

const everywhere = '/apis/sluice.dev/v1alpha1/releasepolicies';

export function hearNamespaces({ client, heard, signal, troubled }: HearNamespaces): void {
  /** By UID of the policy. */
  let places = new Map<string, string>();
  const hear = (news: WatchNews): void => {
    if (news.kind === 'troubled') return troubled(news.problem, news.failures);
    if (news.kind === 'alive') return;
    if (news.kind === 'listed') places = new Map(news.objects.map(placeOf));
    if (news.kind === 'changed') places.set(...placeOf(news.object));
    if (news.kind === 'deleted') places.delete(news.object.metadata.uid);
    heard(new Set(places.values()));
  };
  const watching = watch({ client, path: everywhere, relistEveryMs }).subscribe(hear);
  signal.addEventListener('abort', () => watching.unsubscribe(), { once: true });
}

const placeOf = ({ metadata: { namespace = '', uid } }: KubeObject): [string, string] => [uid, namespace];
