/** The deployment report of one release: one model, which Markdown, JSON and HTML only write down. */
import type { FalseAlarm } from '../../gate/false-alarm.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import type { AfterPromotion } from '../after/after-promotion.ts';
import type { ReleaseChart } from '../chart/release-chart.ts';
import type { PastRelease } from '../history-view.ts';
import { nextMoveText } from '../next-move.ts';
import type { ReleaseView } from '../release-view.ts';
import { type ResponseTime, responseTimeOf } from '../response-time.ts';
import type { RuleView } from '../rule-view.ts';
import type { TaskView } from '../tasks.ts';
import { type Trends, trendsOf } from '../trends/trends.ts';
import { type Findings, findingsOf } from './findings.ts';
import { type Impact, impactOf } from './impact.ts';
import { type Issue, issuesOf } from './issues.ts';
import { type Lessons, lessonsOf } from './lessons.ts';
import type { Measure } from './measure.ts';
import { type Recovery, recoveryOf } from './recovery.ts';
import { type StepReport, stepReports } from './step-report.ts';
import { successMeasures } from './success.ts';
import { type ReportInput, toldBy } from './told.ts';

/** Times are epoch ms, durations ms; null: not known, or not so. */
export interface DeploymentReport {
  /** Of this document; a later one may add words, and never changes what one means. */
  readonly format: 1;
  readonly id: string;
  readonly policy: string;
  readonly revision: string;
  readonly stableRevision: string | null;
  readonly startedBy: string;
  /** Every duration of plan and rules was divided by this; 1 outside demos and tests. */
  readonly compression: number;
  readonly writtenAtMs: number;
  /** `success`: promoted, and it stayed until now. `rollback`: taken back from users. `partial`: it ended without a verdict. */
  readonly status: 'success' | 'rollback' | 'partial' | 'underWay';
  readonly statusWhy: string;
  readonly startedAtMs: number;
  readonly promotedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly durationMs: number;
  readonly blindMs: number;
  readonly impact: Impact;
  readonly findings: Findings;
  readonly responseTime: ResponseTime | null;
  readonly steps: readonly StepReport[];
  readonly rules: readonly RuleView[];
  readonly ruleSet: ReleaseView['ruleSet'];
  readonly falseAlarm: FalseAlarm;
  readonly notes: Release['notes'];
  readonly checklist: readonly Omit<ReleaseView['checklist'][number], 'offers' | 'todo'>[];
  readonly issues: readonly Issue[];
  readonly rollback: Recovery | null;
  readonly lessons: Lessons;
  /** What the runbook wants afterwards, ticked by people. */
  readonly tasks: readonly TaskView[];
  readonly success: readonly Measure[];
  /** What its rules read after its promotion; null: it was not promoted, or nothing is recorded. */
  readonly afterPromotion: AfterPromotion | null;
  /** Earlier releases of the policy, newest first. */
  readonly earlier: readonly PastRelease[];
  /** Up to this one, as they were when it ended. */
  readonly trends: Trends;
  readonly decisions: readonly LogEntry[];
  readonly chart: ReleaseChart;
}

/** The release itself and those before it that stand side by side. */
const compared = 6;

export const deploymentReport = (input: ReportInput): DeploymentReport => {
  const told = toldBy(input);
  const { chart, earlier, log, release, view } = told;
  const { compression, id, policy, revision, stableRevision, startedAtMs, startedBy } = release;
  return {
    format: 1,
    ...{ id, policy, revision, stableRevision, startedBy, compression, startedAtMs, chart },
    writtenAtMs: input.nowMs,
    ...statusOf(view),
    promotedAtMs: chart.weight.promotedAtMs,
    endedAtMs: view.times.endedAtMs,
    durationMs: Math.max(0, told.endMs - startedAtMs),
    blindMs: release.sight.totalBlindMs,
    impact: impactOf(release),
    findings: findingsOf(told.attested),
    responseTime: responseTimeOf(told),
    steps: stepReports(told),
    rules: view.rules,
    ruleSet: view.ruleSet,
    falseAlarm: view.falseAlarm,
    notes: view.notes,
    checklist: view.checklist.map(({ offers: _offers, todo: _todo, ...item }) => item),
    issues: issuesOf(log, told.endMs),
    rollback: recoveryOf(told),
    lessons: lessonsOf(told),
    tasks: view.tasks,
    success: successMeasures(told),
    afterPromotion: told.after,
    earlier: earlier.slice(0, compared),
    trends: trendsOf({ policy, releases: earlier, nowMs: told.endMs }),
    decisions: log.filter(({ kind }) => kind === 'decision' || kind === 'action'),
  };
};

const statusOf = (view: ReleaseView): Pick<DeploymentReport, 'status' | 'statusWhy'> => {
  switch (view.result) {
    case 'running':
      return { status: 'underWay', statusWhy: `${view.phase}; next: ${nextMoveText(view.next)}` };
    case 'succeeded':
      return {
        status: 'success',
        statusWhy: view.ended ? 'promoted, and the watch found nothing against it' : 'promoted; the watch goes on',
      };
    case 'rolledBack':
      return { status: 'rollback', statusWhy: view.cause?.message ?? '' };
    case 'failed':
      return { status: 'partial', statusWhy: `ended without a verdict: ${view.cause?.message ?? ''}` };
  }
};
