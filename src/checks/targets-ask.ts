/** Asks a Prometheus whether it reads the service: its scrape targets, those that are down, and since when. */
import { instanceName } from '../lib/instance-name.ts';
import type { Series } from '../metrics/series.ts';
import type { TargetsAskSpec } from '../release/check-spec.ts';
import { renderMatchers, renderSelector } from '../rules/promql.ts';
import { moment } from '../verdict/words.ts';
import type { Heard, Question } from './checks.ts';
import { unseen } from './http-ask.ts';
import { fillQuery } from './placeholders.ts';
import type { AskNow } from './query-ask.ts';
import { seriesName, targetName } from './series-name.ts';

/** How far back it is looked for when a target was up last. */
const backHours = 2;

const mostNamed = 3;

interface Wanted {
  readonly selector: string;
  /** Values of `label` that a target must have; empty: any do. */
  readonly label: string;
  readonly expected: readonly string[];
}

/** A target that is not there yet says nothing: discovery takes its time. */
export async function askTargets(spec: TargetsAskSpec, question: Question, ask: AskNow): Promise<Heard> {
  const begunMs = performance.now();
  const heard = (outcome: Heard['outcome'], message: string): Heard => ({
    outcome,
    message,
    tookMs: performance.now() - begunMs,
  });
  const wanted = wantedOf(spec, question);
  if (wanted === null) return { outcome: 'pending', message: unseen, tookMs: null };
  const { expected, label, selector } = wanted;
  const answer = await ask(selector);
  if (!answer.ok)
    return heard('pending', `${spec.source} does not say whether targets are up: ${answer.error.message}`);
  const all = answer.value;
  const down = all.filter((each) => !isUp(each));
  const up = all.length - down.length;
  const least = spec.atLeast ?? all.length;
  const count = `${up} of ${all.length} targets are up`;
  if (down.length > 0 && up < least) {
    const past = await ask(pastOf(down.slice(0, mostNamed)));
    const texts = down.map((each) => downText(each, past.ok ? past.value : []));
    return heard('failed', `${count}${short(spec, all.length)}; down: ${named(texts)}`);
  }
  const missing = expected.filter((value) => !all.some(({ labels }) => labels[label] === value));
  if (missing.length > 0 && (spec.atLeast === null || up < spec.atLeast))
    return heard('pending', `${spec.source} has no target for ${named(missing)} (label ${label})`);
  if (all.length === 0) return heard('pending', `${spec.source} has no ${selector}`);
  if (up < least) return heard('failed', `${count}${short(spec, all.length)}`);
  return heard('passed', down.length === 0 ? count : `${count}, ${least} have to be`);
}

const short = ({ atLeast }: TargetsAskSpec, found: number): string =>
  atLeast === null || atLeast === found ? '' : `, ${atLeast} have to be`;

const named = (all: readonly string[]): string =>
  `${all.slice(0, mostNamed).join(', ')}${all.length > mostNamed ? ` and ${all.length - mostNamed} more` : ''}`;

const isUp = ({ samples }: Series): boolean => samples.at(-1)?.value === 1;

/** Raw, so that it tells when the first scrape failed. */
function pastOf(down: readonly Series[]): string {
  const values = (label: string): readonly string[] => [...new Set(down.map(({ labels }) => labels[label] ?? ''))];
  const metric = down[0]?.metric ?? 'up';
  return `${renderSelector({ metric, matchers: [] }, { job: values('job'), instance: values('instance') })}[${backHours}h]`;
}

function downText({ labels }: Series, past: readonly Series[]): string {
  const own = past.find((each) => seriesName(each.labels) === seriesName(labels))?.samples ?? [];
  const since = own[own.findLastIndex(({ value }) => value === 1) + 1];
  if (since === undefined) return targetName(labels);
  return since === own[0]
    ? `${targetName(labels)}, never up since ${moment(since.atMs)}`
    : `${targetName(labels)} since ${moment(since.atMs)}`;
}

/** null: whose targets are meant can't be told now. */
function wantedOf({ select }: TargetsAskSpec, question: Question): Wanted | null {
  if (select.by === 'selector') return { selector: fillQuery(select.selector, question), label: '', expected: [] };
  const { canary, stable } = question;
  if (canary === null || stable === null) return null;
  const expected = [...stable, ...canary].map(instanceName);
  return { selector: `up{${renderMatchers({ [select.label]: expected })}}`, label: select.label, expected };
}
