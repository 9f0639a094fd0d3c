/** What the parts of a report are made from: a release, its log, its looks, and what was posted about its revision. */
import type { Attestation } from '../../release/attestation.ts';
import type { Journalled } from '../../release/journal.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import { type AfterPromotion, afterPromotion } from '../after/after-promotion.ts';
import { type ReleaseChart, releaseChart } from '../chart/release-chart.ts';
import type { PastRelease } from '../history-view.ts';
import { type ReleaseView, releaseView } from '../release-view.ts';
import { tasksOf } from '../tasks.ts';

export interface ReportInput {
  readonly release: Release;
  readonly policy: PolicyState | null;
  /** The whole of it, oldest first. */
  readonly log: readonly LogEntry[];
  readonly journal: Journalled;
  /** It and those before it, newest first; trends are taken from all of them. */
  readonly earlier: readonly PastRelease[];
  readonly nowMs: number;
}

export interface Told extends ReportInput {
  readonly view: ReleaseView;
  readonly chart: ReleaseChart;
  /** Results that were posted for this revision. */
  readonly attested: readonly Attestation[];
  readonly endMs: number;
  readonly after: AfterPromotion | null;
}

export function toldBy(input: ReportInput): Told {
  const { journal, log, nowMs, policy, release } = input;
  const view = releaseView({ release, policy, log, instances: null, nowMs });
  return {
    ...input,
    view,
    chart: releaseChart({ release, journal, log, afterMs: 0 }),
    attested: (policy?.attested ?? []).filter(
      ({ name, revision }) =>
        revision === release.revision && !tasksOf(release, policy).some((task) => task.name === name),
    ),
    endMs: view.times.endedAtMs ?? nowMs,
    after: afterPromotion(input),
  };
}
