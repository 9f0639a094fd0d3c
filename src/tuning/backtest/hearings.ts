/** Which trials a history gives: its past releases, and virtual ones in the quiet time between; and which of them it cannot give. */
import type { Span } from '../../metrics/history.ts';
import type { Plan } from '../../release/plan.ts';
import type { Brief, Segment } from './brief.ts';
import type { Found } from './find-all.ts';
import type { FoundRelease } from './found-release.ts';
import { leadMs, virtualReleases, watchedMs, without } from './quiet.ts';
import type { Gap } from './unreplayable.ts';

export interface Hearings {
  readonly past: readonly { readonly release: FoundRelease; readonly brief: Brief }[];
  readonly virtual: readonly Brief[];
  readonly gaps: readonly Gap[];
}

export interface HearingsOptions {
  readonly span: Span;
  readonly plan: Plan;
  readonly versionLabel: string;
  /** As a start at that moment would have learned it. */
  readonly dispersionAt: (atMs: number) => Brief['dispersion'];
}

/** Calm before and after a release belongs to nobody: instances come and go. */
const marginMs = 300_000;

export function hearingsOf(found: Found, options: HearingsOptions): Hearings {
  const { versionLabel, dispersionAt } = options;
  const split = found.releases.map((release, at) => ({
    release,
    segment: segmentOf(release, found.releases[at + 1], options),
  }));
  const past = split.flatMap(({ release, segment }) => {
    if (segment === null) return [];
    const { version: canary, stable } = release;
    const sides = { by: 'version', label: versionLabel, canary, stable } as const;
    return [{ release, brief: { segment, sides, dispersion: dispersionAt(segment.startMs) } }];
  });
  const gaps = split
    .filter(({ segment }) => segment === null)
    .map(({ release }) => noVersion(release, found, versionLabel));
  return { past, virtual: virtualBriefs(found, options), gaps };
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

function virtualBriefs(found: Found, { span, plan, dispersionAt }: HearingsOptions): readonly Brief[] {
  if (found.seen === null) return [];
  const lastBakeMs = plan.steps.at(-1)?.bakeMs ?? 0;
  const busy = found.releases.map(({ startMs, endMs }) => ({
    fromMs: startMs - marginMs - leadMs,
    toMs: endMs + lastBakeMs + marginMs,
  }));
  const whole = { fromMs: Math.max(span.fromMs, found.seen.fromMs), toMs: Math.min(span.toMs, found.seen.toMs) };
  return virtualReleases(without(whole, [...busy, ...found.incidents]), plan).map((segment) => ({
    segment,
    sides: { by: 'lot' },
    dispersion: dispersionAt(segment.startMs),
  }));
}
