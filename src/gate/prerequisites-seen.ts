/** What the controller itself sees before a release's first traffic: whether stable is well, and whether anybody would notice if the canary were not. */
import type { GateOutcome } from '../release/gate-demand.ts';
import type { Release } from '../release/release.ts';
import type { Rule } from '../rules/rule.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { moment } from '../verdict/words.ts';
import type { InstanceFacts } from './facts.ts';

const outcome = (state: GateOutcome['state'], evidence: string, todo = ''): GateOutcome => ({
  state,
  evidence,
  todo,
  who: null,
});

interface Shown {
  readonly rule: Rule;
  readonly verdict: Verdict | undefined;
}

/** Each critical rule that can be told of stable by itself, with what it shows now. */
const shownOf = ({ rules, verdicts }: Release): readonly Shown[] =>
  rules.rules
    .filter(
      ({ alert, dryRun, threshold }) => alert === 'critical' && !dryRun && threshold.kind !== 'drop-from-baseline',
    )
    .map((rule) => ({ rule, verdict: verdicts.find((verdict) => verdict.rule === rule.name) }));

/** A limit that stable's normal is above was noted at the start, and the canary is compared with stable there. */
const isUsual = ({ notes }: Release, rule: Rule): boolean =>
  notes.some((note) => note.reason === 'ThresholdBelowBaseline' && note.rule === rule.name);

const isOutside = ({ verdict }: Shown): boolean =>
  (verdict?.stable ?? 0) > (verdict?.limit ?? Number.POSITIVE_INFINITY);

export function stableSeen(release: Release, { known, ready }: InstanceFacts): GateOutcome {
  const { stableRevision } = release;
  if (stableRevision === null) return outcome('passed', 'nothing is stable yet: it is the first');
  if (!known) return outcome('waiting', `the instances of ${stableRevision} could not be looked at`, 'wait');
  if (ready === 0) return outcome('failed', `no instance of ${stableRevision} is ready`, 'bring it back first');
  const shown = shownOf(release);
  const outside = shown.filter((each) => isOutside(each) && !isUsual(release, each.rule));
  const said = outside.map(
    ({ rule, verdict }) => `${rule.name} ${verdict?.stable ?? '?'} of a limit of ${verdict?.limit ?? '?'}`,
  );
  if (outside.length > 0)
    return outcome('failed', `${stableRevision} is not well: ${said.join(', ')}`, 'mend it before anything new comes');
  const blank = shown.filter(({ verdict }) => verdict === undefined || verdict.stable === null);
  if (blank.length > 0)
    return outcome('waiting', `nothing is known yet of ${names(blank)}`, 'look at the metrics of stable');
  return outcome(
    'passed',
    `${ready} instances of ${stableRevision} are ready, within ${names(shown) || 'no critical rule'}`,
  );
}

const names = (shown: readonly Shown[]): string => shown.map(({ rule }) => rule.name).join(', ');

export function monitoringSeen({ untold }: { readonly untold?: string }, release: Release): GateOutcome {
  const rest = untold === undefined ? '' : `; ${untold}`;
  const { sight, stableRevision } = release;
  if (sight.blindSinceMs !== null)
    return outcome('failed', `the metrics do not answer since ${moment(sight.blindSinceMs)}`, 'bring them back');
  if (sight.source === null) return outcome('waiting', 'the metrics were not asked yet', 'wait');
  const silent = silentAlerts(release);
  if (silent !== null) return silent;
  if (stableRevision === null) return outcome('passed', `${sight.source} answers${rest}`);
  const blank = shownOf(release).filter(({ verdict }) => verdict === undefined || verdict.stable === null);
  return blank.length > 0
    ? outcome(
        'waiting',
        `${sight.source} answers, and shows nothing of ${names(blank)} for ${stableRevision}`,
        'look at what the rules ask for',
      )
    : outcome('passed', `${sight.source} answers, and every critical rule sees ${stableRevision}${rest}`);
}

/** An Alertmanager that the release's checks ask, and that does not answer; null: there is none. */
function silentAlerts({ checks }: Release): GateOutcome | null {
  const asked = checks.filter(({ demand }) => demand.kind === 'alertmanager');
  for (const { demand, runs } of asked) {
    const run = runs.at(-1);
    if (run === undefined || (run.state === 'pending' && run.answeredAtMs === null))
      return outcome('waiting', `the Alertmanager of check ${demand.name} has not answered yet`, 'wait');
    if (run.state === 'pending')
      return outcome('failed', `check ${demand.name}: ${run.message}`, 'bring the Alertmanager back');
  }
  return null;
}
