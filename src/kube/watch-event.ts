/** One line of a watch, read strictly: what can't be read means that something may have been missed. */
import { z } from 'zod';
import { type KubeObject, kubeObject } from './object.ts';
import { type Asked, type KubeProblem, kubeProblem, problemOfStatus } from './problem.ts';

export type WatchEvent =
  | { readonly kind: 'news'; readonly version: string; readonly news: EventNews }
  | { readonly kind: 'problem'; readonly problem: KubeProblem };

type EventNews = { readonly kind: 'changed' | 'deleted'; readonly object: KubeObject } | { readonly kind: 'alive' };

const anyEvent = z.looseObject({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});

const bookmark = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string().min(1) }) });

export function watchEvent(asked: Asked, line: string): WatchEvent {
  const event = anyEvent.safeParse(parsed(line));
  if (!event.success) return garbage(asked, line);
  const { type, object } = event.data;
  if (type === 'ERROR') {
    const problem = problemOfStatus(asked, object);
    return problem === null ? garbage(asked, line) : { kind: 'problem', problem };
  }
  if (type === 'BOOKMARK') {
    const mark = bookmark.safeParse(object);
    if (!mark.success) return garbage(asked, line);
    return { kind: 'news', version: mark.data.metadata.resourceVersion, news: { kind: 'alive' } };
  }
  const read = kubeObject.safeParse(object);
  if (!read.success) return garbage(asked, line);
  const kind = type === 'DELETED' ? 'deleted' : 'changed';
  return { kind: 'news', version: read.data.metadata.resourceVersion, news: { kind, object: read.data } };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const garbage = ({ path }: Asked, line: string): WatchEvent => ({
  kind: 'problem',
  problem: kubeProblem('Garbled', `watch ${path}: a line is no event: ${line.slice(0, 100)}`),
});
