/** From the looks of a journal to the columns of a scenario's recording. */
import type { Brief, JournalSpan } from '../../release/journal-span.ts';
import type { Recording } from '../../release/recording.ts';
import type { Rule } from '../../rules/rule.ts';
import { seriesText } from '../series-text.ts';
import { measuredHash } from './measured-hash.ts';

const seconds = (ms: number): number => Number((ms / 1_000).toFixed(3));

/** As the words of `recording` have it. */
export function recordingColumns(
  { dispersion, id, rules, unjudgeable }: Recording,
  spans: readonly JournalSpan[],
): object {
  const column = (of: (span: JournalSpan) => number | null): string => seriesText(spans.map(of));
  const isMerged = spans.some(({ looks }) => looks > 1);
  const isResumed = (span: JournalSpan): boolean => span.start === 'controller';
  const read = rules.rules.flatMap((rule) => {
    const briefs = spans.map((span) => span.read[rule.name] ?? null);
    return briefs.every((brief) => brief === null) ? [] : [[rule.name, ruleColumns(rule, briefs)] as const];
  });
  return {
    release: id,
    looks: column(({ toMs }) => seconds(toMs)),
    ...(isMerged ? { merged: column(({ looks }) => looks) } : {}),
    ...(spans.some(isResumed) ? { resumed: column((span) => (isResumed(span) ? 1 : 0)) } : {}),
    weight: column(({ weight }) => weight),
    ...(spans.some(({ sent }) => sent !== null)
      ? { sent: { canary: column(({ sent }) => sent?.[0] ?? null), stable: column(({ sent }) => sent?.[1] ?? null) } }
      : {}),
    ...(Object.keys(dispersion).length > 0 ? { dispersion } : {}),
    ...(unjudgeable.length > 0 ? { unjudgeable } : {}),
    readings: Object.fromEntries(read),
  };
}

type Briefs = readonly (Brief | null)[];

type Kind<K extends string> = Extract<Brief, Readonly<Record<K, unknown>>>;

const column = <K extends string>(briefs: Briefs, key: K, of: (brief: Kind<K>) => number | null): string =>
  seriesText(briefs.map((brief) => (brief !== null && key in brief ? of(brief as Kind<K>) : null)));

const has = (briefs: Briefs, key: string): boolean => briefs.some((brief) => brief !== null && key in brief);

function ruleColumns(rule: Rule, briefs: Briefs): object {
  const ages = briefs.map((brief): number | null => {
    if (brief === null || 'nothing' in brief) return null;
    return seconds('t' in brief ? brief.t[0] : brief.age);
  });
  const nothing = nothingRuns(briefs);
  return {
    of: measuredHash(rule),
    ...(rule.sli.kind === 'latency' ? { bound: rule.sli.bound } : {}),
    ...(ages.some((age) => age !== null) ? { age: seriesText(ages) } : {}),
    ...(has(briefs, 't') ? { counts: countColumns(rule, briefs) } : {}),
    ...(has(briefs, 'level')
      ? {
          level: {
            canary: column(briefs, 'level', ({ level }) => level[0]),
            stable: column(briefs, 'level', ({ level }) => level[1]),
          },
        }
      : {}),
    ...(has(briefs, 'volume')
      ? {
          volume: {
            now: column(briefs, 'volume', ({ volume }) => volume[0]),
            then: column(briefs, 'volume', ({ volume }) => volume[1]),
          },
        }
      : {}),
    ...(has(briefs, 'firing') ? { firing: firingColumns(briefs) } : {}),
    ...(nothing.length > 0 ? { nothing } : {}),
  };
}

function countColumns({ sli }: Rule, briefs: Briefs): object {
  const of = (value: (brief: Kind<'t'>) => number | null): string => column(briefs, 't', value);
  const isVolume = sli.kind === 'volume';
  const arm = (events: (brief: Kind<'t'>) => number | null, bad: (brief: Kind<'t'>) => number | null) => ({
    events: of(events),
    ...(isVolume ? {} : { bad: of(bad) }),
  });
  const bounds = [
    ...new Set(
      briefs.flatMap((brief) => (brief !== null && 't' in brief ? (brief.slower ?? []) : [])).map(([bound]) => bound),
    ),
  ];
  const slower = bounds.map((bound) => {
    const at = ({ slower: all }: Kind<'t'>) => all?.find(([each]) => each === bound);
    return { bound, canary: of((brief) => at(brief)?.[1] ?? null), stable: of((brief) => at(brief)?.[2] ?? null) };
  });
  return {
    canary: arm(
      ({ canary }) => canary[0],
      ({ canary }) => canary[1],
    ),
    stable: arm(
      ({ stable }) => stable[0],
      ({ stable }) => stable[1],
    ),
    compared: {
      from: of(({ t }) => seconds(t[1])),
      to: of(({ t }) => seconds(t[2])),
      canary: arm(
        ({ canary }) => canary[2],
        ({ canary }) => canary[3],
      ),
      stable: arm(
        ({ stable }) => stable[2],
        ({ stable }) => stable[3],
      ),
    },
    ...(slower.length > 0 ? { slower } : {}),
  };
}

function firingColumns(briefs: Briefs): object {
  const since = (at: 0 | 1 | 2): string =>
    column(briefs, 'firing', ({ firing }) => {
      const ms = firing[at];
      return ms === null || ms < 0 ? ms : seconds(ms);
    });
  return { canary: since(0), stable: since(1), neither: since(2) };
}

function nothingRuns(briefs: Briefs): readonly object[] {
  const runs: { look: number; times: number; reason: string; why: string }[] = [];
  for (const [at, brief] of briefs.entries()) {
    if (brief === null || !('nothing' in brief)) continue;
    const last = runs.at(-1);
    const goesOn = last !== undefined && last.look + last.times === at + 1;
    if (goesOn && last.reason === brief.nothing && last.why === brief.why) last.times += 1;
    else runs.push({ look: at + 1, times: 1, reason: brief.nothing, why: brief.why });
  }
  return runs;
}
