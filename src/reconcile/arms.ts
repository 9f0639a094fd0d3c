/** Which series are the canary's and which are stable's: label templates, filled with a revision's instances. */
import { instanceName } from '../lib/instance-name.ts';
import type { ArmMatch, ArmPair, Arms } from '../metrics/series.ts';
import { type ArmLabels, fixedArmLabels, lastingLabels, type OwnLabels } from '../rules/arm-labels.ts';
import type { Backend, RevisionState, WorkloadState } from '../workload/workload.ts';

export interface ArmRevisions {
  readonly canary: string;
  readonly stable: string | null;
  /** Metrics that the templates do not hold for. */
  readonly own?: readonly OwnLabels[];
}

/** A revision that has no instances gets label values that match nothing, never a pattern that matches another's. */
export function armsOf(templates: ArmLabels, workload: WorkloadState, revisions: ArmRevisions): Arms {
  // Stable's backend sends to the new revision from its promotion on: that is the canary's traffic, not the old one's.
  const isPromoted = workload.serving.stable === revisions.canary;
  const pair = (labels: OwnLabels['labels']): ArmPair => ({
    canary: armOf(labels, valuesOf(isPromoted ? 'stable' : 'canary', revisions.canary, workload)),
    stable: armOf(labels, valuesOf(isPromoted ? null : 'stable', revisions.stable, workload)),
    lasting: lastingOf(labels),
  });
  const own = [...fixedArmLabels, ...(revisions.own ?? [])];
  return { ...pair(templates), own: own.map(({ prefix, labels }) => ({ prefix, ...pair(labels) })) };
}

const backends: readonly Backend[] = ['canary', 'stable'];

const lastingOf = (labels: OwnLabels['labels']): ArmMatch =>
  Object.fromEntries(
    Object.entries(lastingLabels(labels)).map(([label, template]) => [
      label,
      typeof template === 'string'
        ? [...new Set(backends.map((backend) => template.replaceAll('$backend', backend)))]
        : backends.flatMap((backend) => template[backend]),
    ]),
  );

interface Values {
  /** null: it serves none. */
  readonly backend: Backend | null;
  readonly revision: string | null;
  readonly state: RevisionState | undefined;
}

const valuesOf = (backend: Backend | null, revision: string | null, { revisions }: WorkloadState): Values => ({
  backend,
  revision,
  state: revisions.find((each) => each.revision === revision),
});

const armOf = (labels: OwnLabels['labels'], values: Values): ArmMatch =>
  Object.fromEntries(Object.entries(labels).map(([label, template]) => [label, fill(template, values)]));

function fill(template: OwnLabels['labels'][string], { backend, revision, state }: Values): readonly string[] {
  if (revision === null) return [];
  if (typeof template !== 'string') return backend === null ? [] : template[backend];
  if (backend === null && template.includes('$backend')) return [];
  const fixed = template.replaceAll('$revision', revision).replaceAll('$backend', backend ?? '');
  if (!fixed.includes('$instance')) return [fixed];
  return (state?.instances ?? []).map((instance) => fixed.replaceAll('$instance', instanceName(instance.url)));
}
