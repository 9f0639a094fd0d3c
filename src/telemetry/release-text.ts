/** What the stored releases say in the words of the exported metrics, in Prometheus' text format: nothing is remembered, and no sample is made but as text. */
import { missingApprovals } from '../release/approval.ts';
import { isClosed } from '../release/gate-demand.ts';
import { phaseNames } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { releaseMetrics } from './metric-names.ts';

type Family = keyof typeof releaseMetrics;
type Verdict = Release['verdicts'][number];

/** The lines of one release in a family. `own`: the beginning of each, without the brace that ends its labels. */
type Lines = (release: Release, own: string) => string;

/** About 1 ms of work. */
const pieceChars = 262_144;

interface Scoped {
  readonly release: Release;
  /** Labels that tell whose it is, beside its own. */
  readonly scope: Readonly<Record<string, string>>;
}

/** In pieces, so that others get their turn between two of them; a family without a sample is described all the same. */
export function* releaseText(releases: readonly Scoped[]): Generator<string, void> {
  const shown = releases.map(({ release, scope }) => ({
    release,
    labels: `{${scopeText(scope)}policy="${escaped(release.policy)}",release="${escaped(release.id)}"`,
  }));
  let text = '';
  let gap = '';
  for (const [family, lines] of Object.entries(linesOf)) {
    const { help, kind, name } = releaseMetrics[family as Family];
    text += `${gap}# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`;
    gap = '\n';
    for (const { labels, release } of shown) {
      text += lines(release, name + labels);
      if (text.length < pieceChars) continue;
      yield text;
      text = '';
    }
  }
  yield text;
}

const scopeText = (scope: Scoped['scope']): string =>
  Object.entries(scope)
    .map(([name, value]) => `${name}="${escaped(value)}",`)
    .join('');

/** Nothing where nothing was seen. */
const line = (own: string, value: number | null, more = ''): string =>
  value === null || !Number.isFinite(value) ? '' : `${own}${more}} ${value}\n`;

const special = /[\\"\n]/;
const eachSpecial = /[\\"\n]/g;

const escaped = (value: string): string =>
  special.test(value) ? value.replace(eachSpecial, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`)) : value;

/** A state set: 1 for the one that holds. */
const stateSet = <T extends string>(label: string, states: readonly T[]): ((own: string, holds: T) => string) => {
  const tails = states.map((state) => ({ state, tail: `,${label}="${state}"} ` }));
  return (own, holds) => {
    let text = '';
    for (const { state, tail } of tails) text += `${own}${tail}${state === holds ? 1 : 0}\n`;
    return text;
  };
};

const phases = stateSet('phase', phaseNames);
const verdicts = stateSet('verdict', ['pass', 'suspect', 'breach', 'inconclusive']);

const ofRules =
  (lines: (verdict: Verdict, own: string) => string): Lines =>
  (release, own) => {
    let text = '';
    for (const verdict of release.verdicts) text += lines(verdict, `${own},rule="${escaped(verdict.rule)}"`);
    return text;
  };

/** Free of the last digits' noise. */
const ratio = (percent: number | null): number | null =>
  percent === null ? null : Number((percent / 100).toPrecision(12));

/** In the order of the exposition. */
const linesOf: Readonly<Record<Family, Lines>> = {
  info: ({ mode, revision, stableRevision }, own) =>
    line(own, 1, `,revision="${escaped(revision)}",stable="${escaped(stableRevision ?? '')}",mode="${mode}"`),
  phase: ({ phase }, own) => phases(own, phase.phase),
  started: ({ startedAtMs }, own) => line(own, startedAtMs / 1000),
  step: ({ phase }, own) => line(own, 'step' in phase ? phase.step + 1 : 0),
  steps: ({ plan }, own) => line(own, plan.steps.length),
  weight: ({ weight }, own) =>
    line(own, ratio(weight.desired), ',source="desired"') +
    line(own, ratio(weight.applied), ',source="applied"') +
    line(own, ratio(weight.observedPercent), ',source="observed"'),
  blind: ({ sight }, own) => line(own, sight.totalBlindMs / 1000),
  waiting: ({ waiting }, own) => (waiting === null ? '' : line(own, 1, `,reason="${escaped(waiting.reason)}"`)),
  gates: ({ gates, phase }, own) => line(own, phase.phase === 'preparing' ? gates.filter(isClosed).length : 0),
  approvals: (release, own) => line(own, missingApprovals(release, release.updatedAtMs).length),
  value: ofRules(({ canary, stable }, own) => line(own, canary, ',arm="canary"') + line(own, stable, ',arm="stable"')),
  threshold: ofRules(({ alert, limit }, own) => line(own, limit, `,alert="${alert}"`)),
  evidence: ofRules(
    ({ lnAbsolute, lnHealth, lnRelative }, own) =>
      line(own, lnAbsolute, ',test="absolute"') +
      line(own, lnRelative, ',test="relative"') +
      line(own, lnHealth, ',test="health"'),
  ),
  conviction: ofRules(({ lnConvict }, own) => line(own, lnConvict)),
  verdict: ofRules(({ kind }, own) => verdicts(own, kind)),
  events: ofRules(({ events }, own) => line(own, events)),
};
