/** The status of a pod, from what its containers do. */
import type { ContainerState, ContainerView } from './container-state.ts';
import type { Phase, Pod } from './pod.ts';

export interface Observed {
  readonly containers: readonly ContainerView[];
  readonly podIP: string;
  readonly hostIP: string;
  readonly startedAtMs: number;
  /** When readiness last changed; 0 before it did for the first time. */
  readonly readyChangedAtMs: number;
}

export const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export function phaseOf({ spec }: Pod, containers: readonly ContainerView[]): Phase {
  const { restartPolicy = 'Always' } = spec;
  const states = containers.map(({ state }) => state);
  const over = states.flatMap((state) => (state.kind === 'terminated' ? [state.exitCode] : []));
  const neverRan = containers.some(({ state, last }) => state.kind === 'waiting' && last === null);
  if (over.length === states.length && restartPolicy !== 'Always') {
    if (over.every((code) => code === 0)) return 'Succeeded';
    if (restartPolicy === 'Never') return 'Failed';
  }
  return neverRan ? 'Pending' : 'Running';
}

export const isReady = (containers: readonly ContainerView[]): boolean => containers.every(({ ready }) => ready);

export function statusOf(pod: Pod, observed: Observed): object {
  const { containers, podIP, hostIP, startedAtMs, readyChangedAtMs } = observed;
  const phase = phaseOf(pod, containers);
  const over = phase === 'Succeeded' || phase === 'Failed';
  const ready = isReady(containers);
  const reason = over ? { reason: 'PodCompleted' } : { reason: 'ContainersNotReady' };
  const readiness = { status: ready && !over ? 'True' : 'False', ...(ready ? {} : reason) };
  const readySince = timeOf(readyChangedAtMs === 0 ? startedAtMs : readyChangedAtMs);
  const since = timeOf(startedAtMs);
  return {
    phase,
    hostIP,
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: since,
    conditions: [
      { type: 'Initialized', status: 'True', lastTransitionTime: since },
      { type: 'Ready', lastTransitionTime: readySince, reason: null, ...readiness },
      { type: 'ContainersReady', lastTransitionTime: readySince, reason: null, ...readiness },
    ],
    containerStatuses: containers.map((container) => ({
      name: container.name,
      image: container.image,
      imageID: `lab://${container.image}`,
      containerID: `lab://${pod.metadata.uid}/${container.name}`,
      restartCount: container.restarts,
      ready: container.ready,
      started: container.started,
      state: stateOf(container.state),
      ...(container.last === null ? {} : { lastState: stateOf(container.last) }),
    })),
  };
}

function stateOf(state: ContainerState): object {
  if (state.kind === 'waiting') return { waiting: { reason: state.reason, message: state.message } };
  if (state.kind === 'running') return { running: { startedAt: timeOf(state.startedAtMs) } };
  const { exitCode, reason, message, startedAtMs, finishedAtMs } = state;
  const times = { startedAt: timeOf(startedAtMs), finishedAt: timeOf(finishedAtMs) };
  return { terminated: { exitCode, reason, message, ...times } };
}
