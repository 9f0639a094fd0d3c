/** What of the past could not be replayed, put together from everything that was tried. */
import { formatDuration } from '../../lib/duration.ts';
import type { Span } from '../../metrics/history.ts';
import { countersOf } from '../../metrics/wanted-series.ts';
import type { Docket } from './docket.ts';
import type { Found, Traces } from './find-all.ts';
import type { Replayed } from './row.ts';
import type { TrialOutcome } from './trial.ts';
import type { Gap } from './unreplayable.ts';

export interface Tried {
  readonly options: Span & { readonly traces: Traces };
  readonly docket: Docket;
  readonly found: Found;
  readonly past: readonly Replayed[];
  readonly virtual: readonly TrialOutcome[];
  /** Releases that no trial could be made of. */
  readonly unheard: readonly Gap[];
  readonly stoppedAtMs: number | null;
}

export function gapsOf(tried: Tried): readonly Gap[] {
  return [
    ...beforeAll(tried),
    ...withoutLabel(tried),
    ...elsewhere(tried),
    ...tried.unheard,
    ...tooCoarse(tried),
    ...withoutSamples(tried),
    ...notReached(tried),
    ...notMeasured(tried),
  ];
}

const edgeMs = 600_000;

/** Older than the retention, or before the service was. */
function beforeAll({ options, found }: Tried): readonly Gap[] {
  const { seen, total } = found;
  const gap = (fromMs: number, toMs: number): Gap => ({
    what: 'history',
    ...{ fromMs, toMs },
    reason: 'NoSamples',
    why: `no traffic of ${total.metric} is known there`,
    remedy: 'a longer retention (--storage.tsdb.retention.time), or a source that keeps more; check --select, too',
  });
  if (seen === null) return [gap(options.fromMs, options.toMs)];
  return [
    ...(seen.fromMs - options.fromMs > edgeMs ? [gap(options.fromMs, seen.fromMs)] : []),
    ...(options.toMs - seen.toMs > edgeMs ? [gap(seen.toMs, options.toMs)] : []),
  ];
}

function withoutLabel({ options, found }: Tried): readonly Gap[] {
  if (found.versions.length > 0 || found.seen === null) return [];
  const { versionLabel } = options.traces;
  return [
    {
      what: 'releases',
      ...found.seen,
      reason: 'NoVersionLabel',
      why: `${found.total.metric} has no label ${versionLabel}, so no version's requests can be told from another's`,
      remedy: `add a label ${versionLabel} with the version to the service's metrics (in Kubernetes: a relabelling of a pod label), or name the one there is with --version-label`,
    },
  ];
}

/** Without a policy's name Sluice's own metrics tell of all that it delivers. */
function elsewhere({ found }: Tried): readonly Gap[] {
  const [first] = found.elsewhere;
  if (first === undefined) return [];
  const last = found.elsewhere.at(-1) ?? first;
  const many = found.elsewhere.length;
  return [
    {
      what: many === 1 ? 'a release by Sluice' : `${many} releases by Sluice`,
      ...{ fromMs: first.startMs, toMs: last.endMs },
      reason: 'OtherService',
      why: `Sluice exported them, and none of the requests here are of their revisions (${some(found.elsewhere)})`,
      remedy:
        'nothing, if they are of another service; else name the policy (--rules POLICY), or the label of the version',
    },
  ];
}

const some = (releases: readonly { readonly version: string }[]): string => {
  const names = [...new Set(releases.map(({ version }) => version))];
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} ...` : names.join(', ');
};

function tooCoarse({ past, virtual }: Tried): readonly Gap[] {
  const gap = (what: string, span: Span, spacingMs: number): Gap => ({
    what,
    fromMs: span.fromMs,
    toMs: span.toMs,
    reason: 'TooCoarse',
    why: `its samples are ${formatDuration(spacingMs)} apart, more than a quarter of the shortest window`,
    remedy: 'a source that keeps raw samples for so long, or rules with longer windows',
  });
  const releases = past.flatMap(({ release, trial: { segment, tooCoarseMs } }) =>
    tooCoarseMs === null ? [] : [gap(release.version, segment, tooCoarseMs)],
  );
  const quiet = virtual.flatMap(({ segment, tooCoarseMs }) => (tooCoarseMs === null ? [] : { segment, tooCoarseMs }));
  const [first, last] = [quiet[0], quiet.at(-1)];
  if (first === undefined || last === undefined) return releases;
  const span = { fromMs: first.segment.fromMs, toMs: last.segment.toMs };
  return [...releases, gap(`${quiet.length} virtual releases`, span, first.tooCoarseMs)];
}

function withoutSamples({ past, stoppedAtMs }: Tried): readonly Gap[] {
  const isReached = ({ segment }: TrialOutcome): boolean => stoppedAtMs === null || segment.toMs <= stoppedAtMs;
  return past
    .filter(({ trial }) => isReached(trial) && trial.ticks === 0 && trial.tooCoarseMs === null)
    .map(({ release }) => ({
      what: release.version,
      fromMs: release.startMs,
      toMs: release.endMs,
      reason: 'NoSamples' as const,
      why: 'its raw samples are not there',
      remedy: 'a source that keeps raw samples for so long',
    }));
}

function notReached({ past, stoppedAtMs }: Tried): readonly Gap[] {
  if (stoppedAtMs === null) return [];
  return past
    .filter(({ trial }) => trial.segment.toMs > stoppedAtMs)
    .map(({ release }) => ({
      what: release.version,
      fromMs: release.startMs,
      toMs: release.endMs,
      reason: 'NotReached' as const,
      why: 'the backtest was stopped before it',
      remedy: 'run it again with more time (--within), or for a shorter span',
    }));
}

/** Rules of the last set that nothing in history answers. */
function notMeasured({ docket, past, virtual, options }: Tried): readonly Gap[] {
  const trials = [...past.map(({ trial }) => trial), ...virtual].filter(({ ticks }) => ticks > 0);
  if (trials.length === 0) return [];
  const rules = docket.seats.at(-1)?.rules ?? [];
  return rules
    .filter(({ measured }) => !trials.some((trial) => trial.answered.includes(measured)))
    .map(({ rule }) => ({
      what: rule.name,
      fromMs: options.fromMs,
      toMs: options.toMs,
      reason: 'NotMeasured' as const,
      why: whyNotMeasured(rule),
      remedy: 'nothing, if it is not measured in Prometheus; else name another preset or query',
    }));
}

function whyNotMeasured({ sli }: Docket['measured'][number]): string {
  if (sli.kind === 'expression') return 'its query has no answer for the versions of past releases';
  if (sli.kind === 'volume') return 'no weight of a past release is known, and the share needs one';
  if (sli.kind === 'alert') return 'alerts are not replayed: whether they fire is asked while a release runs';
  const metric = sli.kind === 'gauge' ? sli.selector.metric : (countersOf(sli)[0]?.metric ?? '');
  return `no series of ${metric} in this history`;
}
