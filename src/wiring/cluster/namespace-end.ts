/** Hears that a namespace itself is deleted: then nobody is given anything back, and no policy may hold it up. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import { watchEvent } from '../../kube/watch-event.ts';
import { pause } from '../../lib/pause.ts';
import type { Logger } from '../../telemetry/logger.ts';

interface NamespaceWatch {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Until then; from the API server's word to its first deletion there are about five seconds. */
  readonly signal: AbortSignal;
  readonly troubled: (problem: KubeProblem) => void;
}

const againMs = 1_000;
const refusedAgainMs = 300_000;

type Watched = Pick<NamespaceWatch, 'client' | 'namespace' | 'signal'> & { readonly log: Logger };

/** Nothing is given back where all of the namespace goes: aborts `gone` when it is deleted. Never rejects. */
export async function onNamespaceEnd(
  { client, log, namespace, signal }: Watched,
  gone: AbortController,
): Promise<void> {
  const troubled = (problem: KubeProblem): void => {
    if (!signal.aborted) log.warn({ namespace, ...problem }, 'a deletion of the namespace would not be heard of');
  };
  if (!(await namespaceEnds({ client, namespace, signal, troubled }))) return;
  log.warn({ namespace }, 'the namespace is deleted: its policies are let go, nothing is given back');
  gone.abort();
}

/** Whether it is deleted; false: the signal came first. Never rejects. */
async function namespaceEnds({ client, namespace, signal, troubled }: NamespaceWatch): Promise<boolean> {
  // The old form of a watch on one object: a Role of the namespace allows it, which it does not for a list of namespaces.
  const path = `/api/v1/watch/namespaces/${namespace}`;
  while (!signal.aborted) {
    const lines = await client.stream(path, {}, signal);
    if (!lines.ok) troubled(lines.error);
    if (lines.ok && (await tellsOfEnd(path, lines.value))) return true;
    await pause(!lines.ok && lines.error.reason === 'Forbidden' ? refusedAgainMs : againMs, signal);
  }
  return false;
}

async function tellsOfEnd(path: string, lines: AsyncIterable<string>): Promise<boolean> {
  try {
    for await (const line of lines) {
      const event = watchEvent({ method: 'GET', path }, line);
      if (event.kind === 'problem') return false;
      const { news } = event;
      if (news.kind === 'deleted') return true;
      if (news.kind === 'changed' && news.object.metadata.deletionTimestamp !== undefined) return true;
    }
    return false;
  } catch {
    // A watch that was cut is begun again.
    return false;
  }
}
