/** What can befall a controller of a cluster, and the plans made of it: a workload, a fault, and where it strikes. */

/** Of one write. */
export const writeFaults = [
  /** It is carried out; the controller dies before it hears so. */
  'kill-after',
  /** The controller dies, the write lands when its successor leads. */
  'kill-in-flight',
  /** It is carried out, its answer is lost. */
  'lose',
  /** It is given up, and lands after the controller went on. */
  'delay',
  'conflict',
  'throttle',
  'error',
] as const;

/** Of the news of one kind of objects. */
export const watchFaults = [
  /** Nothing comes for some seconds, then the watch is cut. */
  'freeze',
  /** The watch is cut where something was to be told. */
  'drop',
  /** After each event the one before it comes again. */
  'stale',
  'gone',
  'garbage',
] as const;

/** Of everything at once. */
export const disturbances = [
  'two-controllers',
  'leader-stopped',
  'lease-deleted',
  'metrics-down',
  'etcd-killed',
  'etcd-stalled',
] as const;

export type WriteFault = (typeof writeFaults)[number];
export type WatchFault = (typeof watchFaults)[number];
export type Disturbance = (typeof disturbances)[number];

export const workloadNames = ['promote', 'rollback', 'abort', 'new-revision', 'hand-edit'] as const;
export type WorkloadName = (typeof workloadNames)[number];

export type Fault =
  | { readonly kind: 'none' }
  /** The `at`-th write since the workload began, from 1. */
  | { readonly kind: 'write'; readonly fault: WriteFault; readonly at: number }
  /** `at`: plural of the kind of objects. */
  | { readonly kind: 'watch'; readonly fault: WatchFault; readonly at: string }
  | { readonly kind: 'world'; readonly fault: Disturbance };

export interface Plan {
  readonly workload: WorkloadName;
  readonly fault: Fault;
}

export const undisturbed = (workload: WorkloadName): Plan => ({ workload, fault: { kind: 'none' } });

export const isKill = ({ fault }: Plan): boolean => fault.kind === 'write' && fault.fault.startsWith('kill');

/** These strike every plan that runs at that time. */
export const isForAll = ({ fault }: Plan): boolean => fault.kind === 'world' && fault.fault.startsWith('etcd');

export function planName({ workload, fault }: Plan): string {
  if (fault.kind === 'none') return `${workload}/undisturbed`;
  return fault.kind === 'world' ? `${workload}/${fault.fault}` : `${workload}/${fault.fault}/${fault.at}`;
}
