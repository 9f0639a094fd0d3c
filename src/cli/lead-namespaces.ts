/** The controller's work once all is understood: at one namespace under its own address, or at several behind one port. */
import { once } from 'node:events';
import type { KubeClient } from '../kube/client.ts';
import { systemClock } from '../lib/clock.ts';
import type { ListenAddress } from '../lib/listen-address.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { ownDoor } from '../server/door.ts';
import { NamespacesServer } from '../server/http-namespaces.ts';
import type { Reviewer } from '../server/reviewer.ts';
import { scopedLogger } from '../telemetry/scoped-logger.ts';
import { hearNamespaces } from '../wiring/cluster/namespaces-heard.ts';
import { keepPost, type PostPlace } from '../wiring/cluster/post.ts';
import { Posts } from '../wiring/cluster/posts.ts';
import type { Context } from './context.ts';

export interface LeadOrder
  extends Pick<
    PostPlace,
    'access' | 'bound' | 'compression' | 'log' | 'openMetrics' | 'settings' | 'stop' | 'version'
  > {
  readonly client: KubeClient;
  readonly listen: ListenAddress;
  readonly reviewerFor: (namespace: string) => Reviewer | null;
}

type Said = Pick<Context, 'fail' | 'print' | 'remark'>;

export function leadOne(said: Said, order: LeadOrder, namespace: string): Promise<Result<void>> {
  const door = ownDoor(order.listen, order.version);
  return keepPost({ ...postOf(said, order, namespace), door });
}

/** `namespaces`: none: each that has a policy, now or later. */
export async function leadSeveral(
  said: Said,
  order: LeadOrder,
  namespaces: ReadonlySet<string>,
): Promise<Result<void>> {
  const { listen, log, reviewerFor } = order;
  const end = new AbortController();
  const stop = AbortSignal.any([order.stop, end.signal]);
  const reviewer = reviewerFor('');
  const served = { ...listen, ...order, clock: systemClock };
  const opened = await NamespacesServer.open({ ...served, ...(reviewer === null ? {} : { reviewer }) });
  if (!opened.ok) return opened;
  const server = opened.value;
  said.print(`sluice listens at ${server.url}`);
  const posts = new Posts({
    keep: (namespace, until) => keepAt(said, { ...order, stop: until }, { namespace, server }),
    left: (namespace) => void server.leave(namespace),
    ...{ log, stop },
  });
  const heard =
    namespaces.size === 0 ? await followAll(said, { ...order, stop }, { posts, server }) : ok(posts.want(namespaces));
  if (heard.ok && !stop.aborted) await once(stop, 'abort');
  end.abort();
  await posts.settled();
  await server.stop();
  return heard;
}

function keepAt(
  said: Said,
  order: LeadOrder,
  { namespace, server }: { readonly namespace: string; readonly server: NamespacesServer },
): Promise<Result<void>> {
  const log = scopedLogger(order.log, { namespace });
  return keepPost({
    ...{ ...postOf(said, { ...order, log }, namespace), door: server.door(namespace) },
    // The other namespaces go on: this one's access is revoked, and its turn is waited for again.
    lost: (why, cause) => {
      if (cause === 'gone') log.warn({ why }, 'the namespace is gone');
      else log.error({ why }, 'this controller does not lead there any more: nothing more is written there');
    },
  });
}

/** Fails where nobody may look at all of them; resolves when they were heard of, or when it is told to stop. */
async function followAll(
  { remark }: Said,
  { client, log, stop }: LeadOrder,
  { posts, server }: { readonly posts: Posts; readonly server: NamespacesServer },
): Promise<Result<void>> {
  if (stop.aborted) return ok(undefined);
  const first = Promise.withResolvers<Result<void>>();
  const listed = server.lacks('policies of all namespaces were not listed yet');
  let told = '';
  hearNamespaces({
    ...{ client, signal: stop },
    heard: (namespaces) => {
      listed();
      told = '';
      first.resolve(ok(undefined));
      posts.want(namespaces);
    },
    troubled: (problem) => {
      // After the first list the posts go on with what is known.
      if (problem.reason === 'Forbidden') first.resolve(failed(notAll(problem.message)));
      if (problem.reason !== told) log.warn({ ...problem }, 'namespaces with policies are not heard of');
      told = problem.reason;
    },
  });
  stop.addEventListener('abort', () => first.resolve(ok(undefined)), { once: true });
  remark('looking for policies in all namespaces');
  return first.promise;
}

const notAll = (why: string) => ({
  reason: 'Forbidden',
  message: `without --namespace the controller looks after all namespaces, and its account may not list ReleasePolicies in all of them: name those that it shall look after (--namespace a --namespace b), or grant it the ClusterRole (chart: clusterWide=true) (${why})`,
  retryable: false,
});

function postOf({ fail, print, remark }: Said, order: LeadOrder, namespace: string): Omit<PostPlace, 'door'> {
  return {
    ...{ ...order, namespace, reviewer: order.reviewerFor(namespace) },
    waits: () => remark(`waiting to lead in namespace ${namespace}`),
    leads: (url) => print(`sluice leads in namespace ${namespace}; API at ${url}`),
    lost: (why) => process.exit(fail(`this controller does not lead any more (${why}): nothing more is written`)),
  };
}
