/** What the stored releases say in the words of the exported metrics: one sample a label set, nothing remembered. */
import { missingApprovals } from '../release/approval.ts';
import { isClosed } from '../release/gate-demand.ts';
import { phaseNames } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { releaseMetrics } from './metric-names.ts';

export interface ReleaseSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Family = keyof typeof releaseMetrics;

const verdicts = ['pass', 'suspect', 'breach', 'inconclusive'] as const;

export const releaseSamples = (release: Release): readonly ReleaseSample[] => {
  const sample = (family: Family, value: number | null, labels: ReleaseSample['labels'] = {}): ReleaseSample[] => {
    if (value === null || !Number.isFinite(value)) return [];
    const own = { policy: release.policy, release: release.id, ...labels };
    return [{ name: releaseMetrics[family].name, labels: own, value }];
  };
  return [
    ...standing(release, sample),
    ...weights(release, sample),
    ...release.verdicts.flatMap((verdict) => judged(verdict, sample)),
  ];
};

type Sampler = (family: Family, value: number | null, labels?: ReleaseSample['labels']) => ReleaseSample[];

const standing = (release: Release, sample: Sampler): readonly ReleaseSample[] => {
  const { phase, plan, waiting } = release;
  const identity = { revision: release.revision, stable: release.stableRevision ?? '', mode: release.mode };
  return [
    ...sample('info', 1, identity),
    ...phaseNames.flatMap((name) => sample('phase', name === phase.phase ? 1 : 0, { phase: name })),
    ...sample('started', release.startedAtMs / 1000),
    ...sample('step', 'step' in phase ? phase.step + 1 : 0),
    ...sample('steps', plan.steps.length),
    ...sample('blind', release.sight.totalBlindMs / 1000),
    ...sample('gates', phase.phase === 'preparing' ? release.gates.filter(isClosed).length : 0),
    ...sample('approvals', missingApprovals(release, release.updatedAtMs).length),
    ...sample('waiting', waiting === null ? null : 1, { reason: waiting?.reason ?? '' }),
  ];
};

const weights = ({ weight }: Release, sample: Sampler): readonly ReleaseSample[] => [
  ...sample('weight', ratio(weight.desired), { source: 'desired' }),
  ...sample('weight', ratio(weight.applied), { source: 'applied' }),
  ...sample('weight', ratio(weight.observedPercent), { source: 'observed' }),
];

/** Free of the last digits' noise. */
const ratio = (percent: number | null): number | null =>
  percent === null ? null : Number((percent / 100).toPrecision(12));

const judged = (verdict: Release['verdicts'][number], sample: Sampler): readonly ReleaseSample[] => {
  const { rule } = verdict;
  return [
    ...sample('value', verdict.canary, { rule, arm: 'canary' }),
    ...sample('value', verdict.stable, { rule, arm: 'stable' }),
    ...sample('threshold', verdict.limit, { rule, alert: verdict.alert }),
    ...sample('evidence', verdict.lnAbsolute, { rule, test: 'absolute' }),
    ...sample('evidence', verdict.lnRelative, { rule, test: 'relative' }),
    ...sample('evidence', verdict.lnHealth, { rule, test: 'health' }),
    ...sample('conviction', verdict.lnConvict, { rule }),
    ...verdicts.flatMap((kind) => sample('verdict', kind === verdict.kind ? 1 : 0, { rule, verdict: kind })),
    ...sample('events', verdict.events, { rule }),
  ];
};
