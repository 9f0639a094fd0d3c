/** Reads stored records back strictly: another format, an unknown phase or a missing field is a problem, and a default only where none was known when it was written. */
import { parsedJson } from '../lib/parsed-json.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { PhaseName, Release } from './release.ts';
import type { PolicyState } from './store.ts';

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'array' | 'string?' | 'number?' | 'object?';

type Shape = Readonly<Record<string, Kind>>;

const releaseShape: Readonly<Record<keyof Release, Kind>> = {
  id: 'string',
  policy: 'string',
  revision: 'string',
  stableRevision: 'string?',
  size: 'object',
  version: 'number',
  format: 'number',
  mode: 'string',
  startedAtMs: 'number',
  updatedAtMs: 'number',
  startedBy: 'string',
  plan: 'object',
  ownRollback: 'object?',
  rules: 'object',
  judge: 'object',
  dispersion: 'object',
  notes: 'array',
  unjudgeable: 'array',
  compression: 'number',
  phase: 'object',
  weight: 'object',
  pauses: 'array',
  orders: 'object',
  investigations: 'array',
  gates: 'array',
  rollbackPoint: 'object?',
  approvals: 'array',
  checks: 'array',
  tasks: 'array',
  latch: 'object?',
  waiting: 'object?',
  sight: 'object',
  countedMs: 'number',
  evidence: 'object',
  verdicts: 'array',
  traffic: 'object?',
  calledFalseAlarm: 'object?',
  supersededBy: 'string?',
  successorRollback: 'object?',
};

/** Fields that format 1 did not have from its beginning, and what a release that was begun before them is judged and shown by. */
const laterFields: Pick<
  Release,
  | 'approvals'
  | 'calledFalseAlarm'
  | 'checks'
  | 'dispersion'
  | 'gates'
  | 'notes'
  | 'ownRollback'
  | 'rollbackPoint'
  | 'successorRollback'
  | 'tasks'
  | 'traffic'
> = {
  gates: [],
  approvals: [],
  checks: [],
  tasks: [],
  calledFalseAlarm: null,
  dispersion: {},
  notes: [],
  ownRollback: null,
  rollbackPoint: null,
  successorRollback: null,
  traffic: null,
};

const weightShape: Readonly<Record<keyof Release['weight'], Kind>> = {
  desired: 'number',
  applied: 'number?',
  reached: 'number',
  appliedAtMs: 'number?',
  observedPercent: 'number?',
  observedRequests: 'number',
  raisedAtMs: 'number?',
  firstTrafficAtMs: 'number?',
  contested: 'number',
  ceiling: 'number?',
  routerStartedAtMs: 'number?',
  routeObject: 'string?',
  seenByEpoch: 'number?',
};

const phaseShapes: Readonly<Record<PhaseName, Shape>> = {
  preparing: { spentMs: 'number' },
  shifting: { step: 'number', waitedMs: 'number', spentMs: 'number', bakedMs: 'number' },
  baking: { step: 'number', bakedMs: 'number', verified: 'object' },
  promoting: { spentMs: 'number' },
  watching: { watchedMs: 'number' },
  rollingBack: {
    cause: 'object',
    from: 'number',
    undo: 'boolean',
    spentMs: 'number',
    zeroAtMs: 'number?',
    drainedMs: 'number',
    emptyAtMs: 'number?',
  },
  succeeded: { endedAtMs: 'number' },
  rolledBack: { cause: 'object', endedAtMs: 'number', zeroAtMs: 'number', emptyAtMs: 'number?' },
  failed: { cause: 'object', endedAtMs: 'number' },
};

const policyShape: Readonly<Record<keyof PolicyState, Kind>> = {
  policy: 'string',
  stable: 'string?',
  previous: 'string?',
  frozen: 'array',
  frozenBefore: 'string',
  revisions: 'object',
  attested: 'array',
  adopted: 'object?',
  version: 'number',
};

export function storedRelease(text: string, id: string): Result<Release> {
  const stored = parsedJson(text);
  const value = isRecord(stored)
    ? { ...laterFields, ...stored, phase: withLater(stored['phase']), weight: withObject(stored['weight']) }
    : stored;
  const fault = releaseFault(value);
  return fault === null ? ok(value as Release) : unreadable(`release ${id}`, fault);
}

/** Since when nothing was open any more was not kept at first. */
const withLater = (phase: unknown): unknown =>
  isRecord(phase) && phase['phase'] === 'rolledBack' ? { emptyAtMs: null, ...phase } : phase;

/** Nor was the object that held the split. */
const withObject = (weight: unknown): unknown => (isRecord(weight) ? { routeObject: null, ...weight } : weight);

export function storedPolicy(text: string, name: string): Result<PolicyState> {
  const stored = parsedJson(text);
  const value = isRecord(stored) ? { attested: [], ...stored } : stored;
  // `frozenBefore` is left out until many have failed, `adopted` until somebody says which one is stable.
  const fault = shapeFault(isRecord(value) ? { frozenBefore: '', adopted: null, ...value } : value, policyShape, '');
  return fault === null ? ok(value as PolicyState) : unreadable(`policy ${name}`, fault);
}

function releaseFault(value: unknown): string | null {
  if (!isRecord(value)) return 'it is no JSON object';
  if (value['format'] !== 1) return `its format is ${JSON.stringify(value['format'])}, this version reads format 1`;
  return (
    shapeFault(value, releaseShape, '') ??
    shapeFault(value['weight'], weightShape, 'weight.') ??
    phaseFault(value['phase'], value['plan'])
  );
}

function phaseFault(phase: unknown, plan: unknown): string | null {
  if (!isRecord(phase) || !isRecord(plan)) return 'phase or plan is no object';
  const name = phase['phase'];
  const shape =
    typeof name === 'string' && Object.hasOwn(phaseShapes, name) ? phaseShapes[name as PhaseName] : undefined;
  if (shape === undefined) return `its phase ${JSON.stringify(name)} is unknown here`;
  const step = phase['step'];
  const steps = plan['steps'];
  const isInPlan =
    step === undefined || (Array.isArray(steps) && typeof step === 'number' && steps[step] !== undefined);
  return shapeFault(phase, shape, 'phase.') ?? (isInPlan ? null : `step ${JSON.stringify(step)} is not in its plan`);
}

function shapeFault(value: unknown, shape: Shape, path: string): string | null {
  if (!isRecord(value)) return `${path === '' ? 'it' : path.slice(0, -1)} is no object`;
  const wrong = Object.entries(shape).find(([key, kind]) => !isOfKind(value[key], kind));
  if (wrong === undefined) return null;
  const [key, kind] = wrong;
  return key in value ? `${path}${key} is no ${kind.replace('?', ' or null')}` : `${path}${key} is missing`;
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (kind.endsWith('?')) return value === null || isOfKind(value, kind.slice(0, -1) as Kind);
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return isRecord(value);
  return typeof value === kind;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unreadable = (what: string, fault: string): Result<never> =>
  failed({
    reason: 'StateUnreadable',
    message: `the stored ${what} can't be read: ${fault}. It stays as it is; run the version that wrote it, or remove the record`,
    retryable: false,
  });
