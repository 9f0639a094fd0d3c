/** Everything outside that the loop needs for one release; the composition root fills it. */
import type { BackupAnswer } from '../backup/snapshots.ts';
import type { Checks } from '../checks/checks.ts';
import type { Clock } from '../lib/clock.ts';
import type { MetricSource } from '../metrics/metric-source.ts';
import type { Release } from '../release/release.ts';
import type { Store } from '../release/store.ts';
import type { Router } from '../router/router.ts';
import type { ArmLabels, OwnLabels } from '../rules/arm-labels.ts';
import type { Workload } from '../workload/workload.ts';
import type { Happening } from './happening.ts';

export interface Ports {
  readonly clock: Clock;
  readonly source: MetricSource;
  readonly router: Router;
  readonly workload: Workload;
  readonly store: Store;
  /** Labels by which the source tells the instances apart. */
  readonly labels: ArmLabels;
  /** Metrics that these labels do not hold for. */
  readonly own?: readonly OwnLabels[];
  /** What is asked outside about releases; left out: nothing. */
  readonly checks?: Checks;
  /** What is known of the backup of a release, at once; left out: nothing is backed up. */
  readonly backup?: (release: Release) => BackupAnswer;
  /** Hands on what happened, to whom it may concern; returns at once and never throws, so that nobody who listens delays a decision. */
  readonly tell: (happening: Happening) => void;
}
