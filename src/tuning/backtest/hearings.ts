/** Which trials a history gives: its past releases, and virtual ones in the quiet time between; and which of them it cannot give. */
import type { Span } from '../../metrics/history.ts';
import { countersOf } from '../../metrics/wanted-series.ts';
import type { Plan } from '../../release/plan.ts';
import type { Docket } from './docket.ts';
import type { Found } from './find-all.ts';
import type { FoundRelease } from './found-release.ts';
import { leadMs, virtualReleases, watchedMs, without } from './quiet.ts';
import { sidesByLot, sidesByVersion } from './sides.ts';
import { type Segment, Trial } from './trial.ts';
import type { Gap } from './unreplayable.ts';

export interface Hearings {
  readonly past: readonly { readonly release: FoundRelease; readonly trial: Trial }[];
  readonly virtual: readonly Trial[];
  readonly gaps: readonly Gap[];
}

export interface HearingsOptions {
  readonly span: Span;
  readonly docket: Docket;
  readonly plan: Plan;
  readonly versionLabel: string;
  readonly lookbackMs: number;
}

/** Calm before and after a release belongs to nobody: instances come and go. */
const marginMs = 300_000;

export function hearingsOf(found: Found, options: HearingsOptions): Hearings {
  const { docket, plan, versionLabel } = options;
  const split = found.releases.map((release, at) => ({
    release,
    segment: segmentOf(release, found.releases[at + 1], options),
  }));
  const past = split.flatMap(({ release, segment }) => {
    if (segment === null) return [];
    const sides = sidesByVersion(versionLabel, release.version, release.stable);
    return [{ release, trial: new Trial(segment, { docket, plan, sides }) }];
  });
  const gaps = split
    .filter(({ segment }) => segment === null)
    .map(({ release }) => noVersion(release, found, versionLabel));
  return { past, virtual: virtualTrials(found, options), gaps };
}

/** Null: nothing tells its requests from the others'. */
function segmentOf(release: FoundRelease, next: FoundRelease | undefined, options: HearingsOptions): Segment | null {
  if (release.version === '' || release.weights.length === 0) return null;
  const { plan, span } = options;
  const afterMs = release.ending === 'promoted' ? watchedMs(plan) : 0;
  const limitMs = Math.min(span.toMs, next === undefined ? span.toMs : Math.max(next.startMs, release.endMs));
  return {
    fromMs: release.startMs - leadMs,
    toMs: Math.min(release.endMs + Math.max(60_000, afterMs), limitMs),
    startMs: release.startMs,
    weights: release.weights,
    seed: 0,
  };
}

function noVersion({ startMs, version }: FoundRelease, { total }: Found, label: string): Gap {
  return {
    what: version === '' ? 'a deployment' : version,
    fromMs: startMs,
    toMs: startMs,
    reason: 'NoVersionLabel',
    why: `no requests of it can be told from the version's before: no traffic of ${total.metric} begins then under a new ${label}`,
    remedy: `give ${total.metric} a label with the version (--version-label names it; it is ${label} now)`,
  };
}

function virtualTrials(found: Found, { span, docket, plan, lookbackMs }: HearingsOptions): readonly Trial[] {
  if (found.seen === null) return [];
  const lastBakeMs = plan.steps.at(-1)?.bakeMs ?? 0;
  const busy = found.releases.map(({ startMs, endMs }) => ({
    fromMs: startMs - marginMs - leadMs,
    toMs: endMs + lastBakeMs + marginMs,
  }));
  const whole = { fromMs: Math.max(span.fromMs, found.seen.fromMs), toMs: Math.min(span.toMs, found.seen.toMs) };
  const counters = new Set(docket.measured.flatMap(({ sli }) => countersOf(sli)).map(({ metric }) => metric));
  return virtualReleases(without(whole, [...busy, ...found.incidents]), plan).map(
    (segment) => new Trial(segment, { docket, plan, sides: sidesByLot({ seed: segment.seed, counters, lookbackMs }) }),
  );
}
