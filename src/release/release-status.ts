/** Where a release stands, as the conditions and columns of its object in a cluster tell it. */
import { dated, type Told } from './dated.ts';
import { isOver, stepOf } from './phase.ts';
import type { Phase, PhaseName, Release } from './release.ts';
import type { Condition, ReleaseStatus } from './release-object-schema.ts';

type Summary = Required<Pick<ReleaseStatus, 'phase' | 'weight' | 'verdict' | 'message' | 'conditions'>> &
  Pick<ReleaseStatus, 'step'>;

/** `before`: the conditions as they were told last; the time of one that did not change stays. */
export function releaseSummary(release: Release, before: readonly Condition[]): Summary {
  const { phase, plan, weight } = release;
  const step = stepOf(phase);
  const { desired, applied, observedPercent } = weight;
  const summary = {
    phase: phase.phase,
    weight: {
      desired,
      ...(applied === null ? {} : { applied }),
      ...(observedPercent === null ? {} : { observed: Math.round(10 * observedPercent) / 10 }),
    },
    verdict: verdictOf(release),
    message: messageOf(release),
    conditions: conditionsOf(release).map((told) => dated(told, before, release.updatedAtMs)),
  };
  return step === null ? summary : { ...summary, step: `${step + 1}/${plan.steps.length}` };
}

/** The gravest that there is. */
function verdictOf({ verdicts, latch }: Release): string {
  if (latch !== null) return 'breach';
  const kinds = verdicts.map(({ kind }) => kind);
  return (['breach', 'suspect', 'inconclusive', 'pass'] as const).find((kind) => kinds.includes(kind)) ?? 'none';
}

const causeOf = (phase: Phase): string | null => ('cause' in phase ? phase.cause.message : null);

const messageOf = ({ phase, latch, waiting }: Release): string =>
  causeOf(phase) ?? latch?.message ?? waiting?.message ?? phase.phase;

const endReason: Readonly<Partial<Record<PhaseName, string>>> = {
  succeeded: 'Succeeded',
  rolledBack: 'RolledBack',
  failed: 'Failed',
};

/** As kstatus reads them: running is not ready yet, rolled back is stalled, waiting for a person is neither. */
function conditionsOf(release: Release): readonly Told[] {
  const { phase, waiting } = release;
  const reason = endReason[phase.phase] ?? waiting?.reason ?? nameOf(phase.phase);
  const message = messageOf(release);
  const told = (type: string, status: Told['status']): Told => ({ type, status, reason, message });
  const ready = phase.phase === 'succeeded' ? 'True' : isOver(release) ? 'False' : 'Unknown';
  const isStalled = phase.phase === 'rolledBack' || phase.phase === 'failed';
  return [
    told('Ready', ready),
    told('Reconciling', isOver(release) ? 'False' : 'True'),
    told('Stalled', isStalled ? 'True' : 'False'),
    told('Waiting', waiting === null || isOver(release) ? 'False' : 'True'),
  ];
}

const nameOf = (phase: PhaseName): string => phase.charAt(0).toUpperCase() + phase.slice(1);
