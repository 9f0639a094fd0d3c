/** What is seen of a Job and its pods: whether it ended and how, what keeps it, and its last words. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';

const job = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })).optional() }),
    }),
  }),
  status: z
    .looseObject({
      startTime: z.string().optional(),
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
            lastTransitionTime: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

export interface Ended {
  readonly outcome: 'passed' | 'failed';
  /** Empty: it is done. */
  readonly why: string;
  /** By the cluster's clock; null: it does not say. */
  readonly tookMs: number | null;
}

/** `FailureTarget`: decided; `Failed` follows when the last pod is gone. */
const ends: readonly string[] = ['Complete', 'Failed', 'FailureTarget'];

/** null: it still runs. */
export function endOf(object: KubeObject): Ended | null {
  const { status } = job.parse(object);
  const end = status?.conditions?.find(({ status: is, type }) => is === 'True' && ends.includes(type));
  if (end === undefined) return null;
  const tookMs = Date.parse(end.lastTransitionTime ?? '') - Date.parse(status?.startTime ?? '');
  return {
    outcome: end.type === 'Complete' ? 'passed' : 'failed',
    why: end.type === 'Complete' ? '' : [end.reason, end.message].filter((part) => part).join(': '),
    tookMs: Number.isFinite(tookMs) && tookMs >= 0 ? tookMs : null,
  };
}

const pod = z.looseObject({
  status: z
    .looseObject({
      phase: z.string().optional(),
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().optional() }))
        .optional(),
      containerStatuses: z
        .array(
          z.looseObject({
            state: z
              .looseObject({
                waiting: z.looseObject({ reason: z.string().optional() }).optional(),
                terminated: z.looseObject({ exitCode: z.number() }).optional(),
              })
              .optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

export interface Words {
  /** What keeps its newest pod, or how that ended; empty: nothing to say. */
  readonly state: string;
  /** Last lines that it wrote, joined; empty: none could be read. */
  readonly said: string;
}

const longestSaid = 160;

/** Of its newest pod. What can't be read is left out: a Job's result does not wait for its words. */
export async function wordsOf(client: KubeClient, namespace: string, object: KubeObject): Promise<Words> {
  const folder = `/api/v1/namespaces/${namespace}/pods`;
  const listed = await client.list(folder, { labelSelector: `job-name=${object.metadata.name}` });
  if (!listed.ok) return { state: '', said: '' };
  const [newest] = [...listed.value.objects].sort((a, b) => madeMs(b) - madeMs(a));
  if (newest === undefined) return { state: 'it has no pod', said: '' };
  const container = job.parse(object).spec.template.spec.containers?.[0]?.name ?? '';
  const log = await client.text(`${folder}/${newest.metadata.name}/log`, {
    ...{ container, tailLines: '5', limitBytes: '4000' },
  });
  return { state: stateOf(newest), said: log.ok ? shortened(log.value) : '' };
}

const madeMs = ({ metadata: { creationTimestamp = '' } }: KubeObject): number => Date.parse(creationTimestamp) || 0;

function stateOf(object: KubeObject): string {
  const { status } = pod.parse(object);
  const name = `pod ${object.metadata.name}`;
  const states = status?.containerStatuses?.map(({ state }) => state) ?? [];
  const waiting = states.find((state) => state?.waiting?.reason !== undefined)?.waiting?.reason;
  if (waiting !== undefined) return `${name} is waiting: ${waiting}`;
  const code = states.find((state) => (state?.terminated?.exitCode ?? 0) !== 0)?.terminated?.exitCode;
  if (code !== undefined) return `${name} exited with ${code}`;
  const unplaced = status?.conditions?.find(({ status: is, type }) => type === 'PodScheduled' && is === 'False');
  if (unplaced !== undefined) return `${name} has no node: ${unplaced.message ?? 'not scheduled'}`;
  return status?.phase === 'Running' ? `${name} still runs` : '';
}

/** On one line: its end says most. */
const shortened = (text: string): string =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .join(' / ')
    .replace(/[^\P{C}]/gu, '?')
    .slice(-longestSaid);
