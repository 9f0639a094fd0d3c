/** Which series are the canary's and which are stable's: the policy's label templates, filled with a revision's instances. */
import type { ArmMatch, Arms } from '../metrics/series.ts';
import type { Backend, RevisionState, WorkloadState } from '../workload/workload.ts';

/** Templates know `$instance` (host:port of each), `$revision` and `$backend`. */
export type LabelTemplates = Readonly<Record<string, string>>;

export interface ArmRevisions {
  readonly canary: string;
  readonly stable: string | null;
}

/** A revision that has no instances gets label values that match nothing, never a pattern that matches another's. */
export function armsOf(templates: LabelTemplates, workload: WorkloadState, revisions: ArmRevisions): Arms {
  const arm = (backend: Backend, revision: string | null): ArmMatch => {
    const state = workload.revisions.find((each) => each.revision === revision);
    return Object.fromEntries(
      Object.entries(templates).map(([label, template]) => [label, fill(template, { backend, revision, state })]),
    );
  };
  return { canary: arm('canary', revisions.canary), stable: arm('stable', revisions.stable) };
}

interface Values {
  readonly backend: Backend;
  readonly revision: string | null;
  readonly state: RevisionState | undefined;
}

function fill(template: string, { backend, revision, state }: Values): readonly string[] {
  if (revision === null) return [];
  const fixed = template.replaceAll('$revision', revision).replaceAll('$backend', backend);
  if (!fixed.includes('$instance')) return [fixed];
  return (state?.instances ?? []).map((instance) => fixed.replaceAll('$instance', hostPort(instance.url)));
}

export const hostPort = (url: string): string => new URL(url).host;
