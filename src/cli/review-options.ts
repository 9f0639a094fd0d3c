/** How a controller in a cluster finds out who asks and what they may: by the reviews of the API server, or not at all. */
import type { Command } from 'commander';
import type { KubeClient } from '../kube/client.ts';
import { systemClock } from '../lib/clock.ts';
import { isLoopback } from '../lib/loopback.ts';
import type { Reviewer } from '../server/reviewer.ts';
import type { SharedOptions } from './controller-options.ts';

export interface ReviewOptions {
  readonly audience: readonly string[];
  /** False after `--no-review`. */
  readonly review: boolean;
  readonly openMetrics?: true;
}

const ownAudience: readonly string[] = ['sluice'];

/** What is given replaces the default. */
const collected = (value: string, before: readonly string[]): readonly string[] =>
  before === ownAudience ? [value] : [...before, value];

export const withReviewOptions = (command: Command): Command =>
  command
    .option(
      '--audience <name>',
      "whom tokens for the API must be made for; may be given again; the API server's own audience lets in people's tokens",
      collected,
      ownAudience,
    )
    .option('--open-metrics', 'answer /metrics to whoever reaches the port: it takes no token')
    .option('--no-review', 'ask nobody who may do what: loopback only, for rehearsals');

/** null: they can be had. */
export function reviewProblem(
  { listen, review }: Pick<ReviewOptions, 'review'> & Pick<SharedOptions, 'listen'>,
  tokenFile: string | null,
): string | null {
  if (tokenFile !== null) return 'in a cluster the API server knows whose a token is: leave out --token-file';
  return review || isLoopback(listen.host)
    ? null
    : `without a review, ${listen.host} lets whoever reaches it give orders: leave out --no-review`;
}

/** For each namespace its own; null: nobody is asked. Calls of its own: strangers must not take the turns of the controller's. */
export async function reviewersFor(
  { audience, review }: ReviewOptions,
  { access }: KubeClient,
): Promise<(namespace: string) => Reviewer | null> {
  if (!review) return () => null;
  const { KubeClient: Client } = await import('../kube/client.ts');
  const { KubernetesReviewer } = await import('../server/kubernetes-reviewer.ts');
  const client = new Client(access);
  const nowMs = (): number => systemClock.monotonicMs();
  return (namespace) => new KubernetesReviewer({ client, namespace, audiences: audience, nowMs });
}
