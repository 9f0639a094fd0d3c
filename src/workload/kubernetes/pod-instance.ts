/** A pod as an instance: where it answers, whether it is ready, and what keeps it from being so. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import type { Failure } from '../failure.ts';
import type { Instance } from '../workload.ts';

const state = z.looseObject({
  waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).nullish(),
  running: z.looseObject({ startedAt: z.string().nullish() }).nullish(),
  terminated: z.looseObject({ exitCode: z.number(), reason: z.string().optional() }).nullish(),
});

const podStatus = z.looseObject({
  podIP: z.string().optional(),
  conditions: z
    .array(
      z.looseObject({
        type: z.string(),
        status: z.string(),
        reason: z.string().nullish(),
        message: z.string().nullish(),
        lastTransitionTime: z.string().nullish(),
      }),
    )
    .optional(),
  containerStatuses: z
    .array(
      z.looseObject({ name: z.string(), restartCount: z.int(), state: state.nullish(), lastState: state.nullish() }),
    )
    .optional(),
});

const podSpec = z.looseObject({
  containers: z
    .array(z.looseObject({ ports: z.array(z.looseObject({ containerPort: z.int() })).nullish() }))
    .optional(),
});

type Status = z.output<typeof podStatus>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

const statusOf = (pod: KubeObject): Status => podStatus.safeParse(pod['status']).data ?? {};

const readiness = ({ conditions = [] }: Status) => conditions.find(({ type }) => type === 'Ready');

export const isReady = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined && readiness(statusOf(pod))?.status === 'True';

export function instanceOf(pod: KubeObject): Instance {
  const status = statusOf(pod);
  const containers = status.containerStatuses ?? [];
  const now = stateOf(pod, status);
  return {
    id: pod.metadata.name,
    url: `http://${status.podIP ?? `${pod.metadata.name}.invalid`}:${portOf(pod)}`,
    pid: null,
    cwd: null,
    state: now,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    message: now === 'ready' ? '' : whyNot(status),
  };
}

/** Where its metrics are, as the usual annotation says it, or its first port. */
function portOf(pod: KubeObject): number {
  const told = Number(pod.metadata.annotations?.['prometheus.io/port']);
  if (Number.isInteger(told) && told > 0) return told;
  const { containers = [] } = podSpec.safeParse(pod['spec']).data ?? {};
  return containers.flatMap(({ ports }) => ports ?? [])[0]?.containerPort ?? 80;
}

function stateOf(pod: KubeObject, status: Status): Instance['state'] {
  if (isReady(pod)) return 'ready';
  if ((status.containerStatuses ?? []).some(isDown)) return 'exited';
  const since = Date.parse(readiness(status)?.lastTransitionTime ?? '');
  const started = (status.containerStatuses ?? []).map(({ state: is }) => Date.parse(is?.running?.startedAt ?? ''));
  // It was ready after its containers had started, or it has not been ready yet.
  return started.length > 0 && started.every((at) => at < since) ? 'unready' : 'starting';
}

const isDown = ({ state: is, restartCount }: ContainerStatus): boolean =>
  (is?.terminated ?? null) !== null || (restartCount > 0 && is?.waiting?.reason === 'CrashLoopBackOff');

function whyNot(status: Status): string {
  const waiting = (status.containerStatuses ?? []).flatMap(({ name, state: is, lastState }) => {
    if (is?.waiting?.reason !== undefined) return [`${name}: ${sentenceOf(is.waiting)}${endOf(lastState)}`];
    return is?.terminated ? [`${name} ended with code ${is.terminated.exitCode}`] : [];
  });
  const condition = readiness(status);
  return waiting.join('; ') || condition?.message || condition?.reason || 'its pod is not scheduled or not started yet';
}

const sentenceOf = ({
  reason = '',
  message,
}: {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}): string => (message === undefined ? reason : `${reason}: ${message}`);

const endOf = (last: ContainerStatus['lastState']): string =>
  last?.terminated ? ` (its last run ended with code ${last.terminated.exitCode})` : '';

/** What waiting does not cure: the readiness deadline is not waited for. */
const hopeless: Readonly<Record<string, string>> = {
  InvalidImageName: 'ImagePullFailed',
  ErrImageNeverPull: 'ImagePullFailed',
  ImagePullBackOff: 'ImagePullFailed',
  CreateContainerError: 'ContainerCantRun',
  RunContainerError: 'ContainerCantRun',
};

/** Restarts after which dying has become a habit: the kubelet waits longer before each. */
const restartsBorne = 2;

/** Why the pod will not get ready by itself; null: nothing says so. */
export function failureOf(pod: KubeObject): Failure | null {
  if (pod.metadata.deletionTimestamp !== undefined || isReady(pod)) return null;
  const status = statusOf(pod);
  const reason = (status.containerStatuses ?? []).flatMap(({ restartCount, state: is }) => {
    const waits = is?.waiting?.reason ?? '';
    if (waits === 'CrashLoopBackOff' && restartCount >= restartsBorne) return ['CrashLoop'];
    return hopeless[waits] ?? [];
  })[0];
  return reason === undefined ? null : { reason, message: `pod ${pod.metadata.name}: ${whyNot(status)}` };
}
