/** The measures of success, each with its number, or why there is none: nothing is assumed. */
import type { JournalSpan } from '../../release/journal-span.ts';
import { betweenText, quantileName } from '../between-text.ts';
import { tookText, valueText } from '../format-value.ts';
import { responseTimeOf } from '../response-time.ts';
import { type Impact, impactOf } from './impact.ts';
import { inRange } from './in-range.ts';
import type { Measure } from './measure.ts';
import type { Told } from './told.ts';

export const successMeasures = (told: Told): readonly Measure[] => [
  uninterrupted(impactOf(told.release)),
  fastEnough(told),
  fewErrors(told),
  ...inRange(told),
  integrations(told),
];

const measure = (what: string, state: Measure['state'], said: string): Measure => ({ what, state, said });

const uninterrupted = ({ level, longest, sentence }: Impact): Measure => {
  const what = 'no interruption over 30 s';
  if (level === 'notMeasured') return measure(what, 'notMeasured', sentence);
  const isShort = level === 'zeroDowntime' || (longest?.leastMs ?? 0) <= 30_000;
  return measure(what, isShort ? 'met' : 'missed', sentence);
};

const fastEnough = (told: Told): Measure => {
  const seen = responseTimeOf(told);
  if (seen === null) return measure('p95 within target', 'notMeasured', 'no rule judges response times');
  const { canary, quantile, slow, targetSeconds } = seen;
  const target = valueText(targetSeconds, 'seconds');
  const what = `${quantileName(quantile)} within ${target}`;
  if (slow.canary === null) return measure(what, 'notMeasured', 'no response time of the canary was counted');
  const isIn = slow.canary <= 1 - quantile;
  const said = `${betweenText(canary)}; ${valueText(slow.canary, 'ratio')} of the requests slower than ${target}`;
  return measure(what, isIn ? 'met' : 'missed', said);
};

const asPromised = 'errors within their limit for the whole watch';

function fewErrors({ chart, journal, release, view }: Told): Measure {
  const rule = release.rules.rules.find(({ route, sli }) => sli.kind === 'ratio' && route === null);
  const { promotedAtMs } = chart.weight;
  const { phase, plan, startedAtMs } = release;
  if (rule === undefined) return measure(asPromised, 'notMeasured', 'no rule counts errors');
  const what = `errors within ${rule.thresholdText} for ${tookText(plan.watchMs)}`;
  if (promotedAtMs === null) return measure(what, 'notMeasured', 'it was not promoted: there was no watch');
  const after = journal.spans.filter(({ toMs }) => startedAtMs + toMs > promotedAtMs);
  const { bad, events } = countsOf(rule.name, after);
  const watchedMs =
    phase.phase === 'watching' ? phase.watchedMs : (view.times.endedAtMs ?? promotedAtMs) - promotedAtMs;
  const limit = view.rules.find(({ name }) => name === rule.name)?.limit ?? null;
  if (events === 0 || limit === null) return measure(what, 'notMeasured', 'no request was counted after the promotion');
  const said = `${valueText(bad / events, 'ratio')} (${bad} of ${events.toLocaleString('en-US')}) in ${tookText(watchedMs)} of watch`;
  if (bad / events > limit || phase.phase === 'rolledBack') return measure(what, 'missed', said);
  return phase.phase === 'succeeded' && watchedMs >= plan.watchMs
    ? measure(what, 'met', said)
    : measure(what, 'notMeasured', `${said}; the watch is not over, or was ended by a newer revision`);
}

function countsOf(name: string, spans: readonly JournalSpan[]): { readonly events: number; readonly bad: number } {
  let [events, bad] = [0, 0];
  for (const { read } of spans) {
    const brief = read[name];
    if (brief === undefined || !('t' in brief)) continue;
    events += brief.canary[0] ?? 0;
    bad += brief.canary[1];
  }
  return { events: Math.round(events), bad: Math.round(bad) };
}

/** By the newest answer of each check that was asked on the way. */
const integrations = ({ release: { checks } }: Told): Measure => {
  const what = 'integrations up';
  const runs = checks
    .filter(({ demand }) => !demand.isGate)
    .flatMap(({ demand, runs: all }) => newest(demand.name, all));
  if (runs.length === 0) return measure(what, 'notMeasured', 'no check of an integration was asked');
  const failed = runs.filter(({ state }) => state === 'failed');
  const slowestMs = Math.max(...runs.map(({ tookMs }) => tookMs ?? 0));
  const said = `${runs.filter(({ state }) => state === 'passed').length} of ${runs.length} checks passed when last asked, the slowest in ${tookText(slowestMs)}`;
  if (failed.length > 0)
    return measure(
      what,
      'missed',
      `${said}; failed: ${failed.map(({ message, name }) => `${name} (${message})`).join(', ')}`,
    );
  return measure(what, runs.every(({ state }) => state === 'passed') ? 'met' : 'notMeasured', said);
};

type Run = Told['release']['checks'][number]['runs'][number];

const newest = (name: string, runs: readonly Run[]): readonly (Run & { readonly name: string })[] => {
  const [last] = runs.toSorted((a, b) => b.askedAtMs - a.askedAtMs);
  return last === undefined ? [] : [{ ...last, name }];
};
