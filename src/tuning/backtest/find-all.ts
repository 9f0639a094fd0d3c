/** Every past release that any of the asked traces tells of, merged; and what is missing where a trace tells of none. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Span } from '../../metrics/history.ts';
import { countersOf } from '../../metrics/wanted-series.ts';
import type { Plan } from '../../release/plan.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Selector } from '../../rules/sli.ts';
import type { FoundRelease, Trace } from './found-release.ts';
import { type LookBack, lookForIncidents, lookForMarkers, lookForOwn, lookForVersions } from './look-back.ts';
import { mergeFound } from './merge-found.ts';

export interface Traces {
  readonly versionLabel: string;
  /** PromQL of the series that marks a deployment; null: none is named. */
  readonly annotation: string | null;
  /** Policy whose releases Sluice exported; null: of whatever policy. */
  readonly policy: string | null;
}

export interface Found {
  readonly releases: readonly FoundRelease[];
  readonly versions: readonly string[];
  /** What Sluice exported of releases whose revisions had no requests here: another service's, or nothing names their version. */
  readonly elsewhere: readonly FoundRelease[];
  /** How many each trace told of. */
  readonly byTrace: Readonly<Record<Trace, number>>;
  readonly incidents: readonly Span[];
  /** From the first traffic to the last; null: there was none. */
  readonly seen: Span | null;
  /** What counts all requests. */
  readonly total: Selector;
}

export interface FindAll extends LookBack {
  readonly rules: readonly Rule[];
  readonly plan: Plan;
  readonly traces: Traces;
}

export async function findAll(given: FindAll): Promise<Result<Found, string>> {
  const total = totalOf(given.rules);
  if (total === null) return failed('no rule counts requests, so there is no traffic in which a release could be seen');
  const { versionLabel, annotation, policy } = given.traces;
  const versions = await lookForVersions(given, total, { label: versionLabel, plan: given.plan });
  if (!versions.ok) return versions;
  const own = await lookForOwn(given, policy);
  if (!own.ok) return own;
  const marked = annotation === null ? ok([]) : await lookForMarkers(given, annotation, versionLabel);
  if (!marked.ok) return marked;
  const incidents = await incidentsOf(given);
  if (!incidents.ok) return incidents;
  // A named policy says whose they are; without one the requests do.
  const isHere = ({ version }: FoundRelease): boolean => policy !== null || versions.value.versions.includes(version);
  const here = own.value.filter(isHere);
  return ok({
    releases: mergeFound([...here, ...versions.value.releases, ...marked.value]),
    elsewhere: own.value.filter((each) => !isHere(each)),
    versions: versions.value.versions,
    byTrace: {
      'own-metrics': here.length,
      'version-label': versions.value.releases.length,
      annotation: marked.value.length,
    },
    incidents: incidents.value,
    seen: versions.value.seen,
    total,
  });
}

/** The first counter of all requests, whichever rule names it. */
export function totalOf(rules: readonly Rule[]): Selector | null {
  const [selector] = rules.flatMap(({ sli }) => {
    if (sli.kind === 'latency') return [{ ...sli.histogram, metric: `${sli.histogram.metric}_count` }];
    return countersOf(sli).slice(0, 1);
  });
  return selector ?? null;
}

async function incidentsOf(given: FindAll): Promise<Result<readonly Span[], string>> {
  const spans: Span[] = [];
  for (const rule of given.rules.filter(({ alert }) => alert === 'critical')) {
    const found = await lookForIncidents(given, rule);
    if (!found.ok) return found;
    spans.push(...found.value);
  }
  return ok(spans);
}
