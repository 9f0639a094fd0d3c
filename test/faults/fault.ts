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

export const workloadNames = [
  ...(['promote', 'rollback', 'abort', 'new-revision', 'hand-edit'] as const),
  ...(['adopt', 'remove', 'set-stable', 'start'] as const),
] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** A write of the undisturbed run. */
export interface Struck {
  /** Since the workload began, from 1. */
  readonly number: number;
  /** By which it is known again in another run. */
  readonly name: string;
}

export type Fault =
  | { readonly kind: 'none' }
  /** Each of these writes once, in one run. */
  | { readonly kind: 'write'; readonly fault: WriteFault; readonly at: readonly Struck[] }
  /** `at`: plural of the kind of objects. */
  | { readonly kind: 'watch'; readonly fault: WatchFault; readonly at: string }
  | { readonly kind: 'world'; readonly fault: Disturbance };

/** What controllers live in; `inside`: in this process, behind a proxy that is cut where a process would get SIGKILL. */
export type Lives = 'process' | 'inside';

export interface Plan {
  readonly workload: WorkloadName;
  readonly fault: Fault;
  readonly lives: Lives;
}

export const undisturbed = (workload: WorkloadName): Plan => ({ workload, fault: { kind: 'none' }, lives: 'inside' });

export const isKill = ({ fault }: Plan): boolean => fault.kind === 'write' && fault.fault.startsWith('kill');

/** These strike every plan that runs at that time. */
export const isForAll = ({ fault }: Plan): boolean => fault.kind === 'world' && fault.fault.startsWith('etcd');

/** One plan for each write that a plan strikes. */
export const singly = (plan: Plan): readonly Plan[] =>
  plan.fault.kind === 'write'
    ? plan.fault.at.map((struck) => ({ ...plan, fault: { ...plan.fault, at: [struck] } as Fault }))
    : [plan];

/** A write that is struck, or one other fault. */
export const sizeOf = ({ fault }: Plan): number => (fault.kind === 'write' ? fault.at.length : 1);

export function planName({ workload, fault, lives }: Plan): string {
  if (fault.kind === 'none') return `${workload}/undisturbed`;
  if (fault.kind === 'world') return `${workload}/${fault.fault}`;
  const at = fault.kind === 'write' ? fault.at.map(({ number }) => number).join('+') : fault.at;
  return `${workload}/${fault.fault}/${at}${lives === 'process' ? '/process' : ''}`;
}
