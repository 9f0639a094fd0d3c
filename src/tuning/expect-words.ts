/** The words of what is expected: decisions and verdicts at virtual times, and the outcome. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import type { Position } from '../lib/config-file/line-map.ts';
import { didYouMean } from '../lib/nearest.ts';
import { phaseNames } from '../release/phase.ts';
import { span } from '../release/policy-fields.ts';
import type { PhaseName } from '../release/release.ts';
import type { Expectation, ExpectedOutcome, ExpectedVerdict } from './scenario.ts';

const reason = z.string().refine((text) => /^[A-Z][A-Za-z]{1,60}$/.test(text), {
  error: ({ input }) => `${describeFound(input)} is no reason; reasons are written like OutsideThreshold`,
});

const kinds = ['pass', 'suspect', 'breach', 'inconclusive'] as const;

/** One of the words, or a map that says more; the nearest word is named. */
const either = (words: readonly string[], map: string) => ({
  error: ({ input }: { readonly input?: unknown }): string => {
    const hint = typeof input === 'string' ? didYouMean(input, words) : '';
    return `${describeFound(input)} is not one of ${words.join(', ')}, nor a map with ${map}${hint}`;
  },
});

const verdict = z.union(
  [z.enum(kinds), z.strictObject({ verdict: z.enum(kinds), reason: reason.optional() })],
  either(kinds, 'verdict and reason'),
);

const timeForms = 'needs a time: at, by, or from and to';

export const expectWords = z
  .strictObject({
    at: span.optional().meta({ description: 'At the look at this time, or the last one before it.' }),
    by: span.optional().meta({ description: 'At some look up to this time.' }),
    from: span.optional().meta({ description: 'With to: at every look between.' }),
    to: span.optional(),
    decision: z.enum(['hold', 'advance', 'promote', 'rollback']).optional(),
    reason: reason.optional().meta({ description: 'Machine reason of the decision: StepPassed, EvidenceRising ...' }),
    rule: z.string().optional().meta({ description: 'The rule that decided.' }),
    weight: z.int().min(0).max(100).optional().meta({ description: 'Canary percent that users have after it.' }),
    phase: z.enum(phaseNames as readonly [PhaseName, ...PhaseName[]]).optional(),
    verdicts: z
      .record(z.string(), verdict)
      .optional()
      .meta({ description: 'By rule: pass, suspect, breach or inconclusive.' }),
  })
  .superRefine((words, context) => {
    const { at, by, from, to } = words;
    const forms = [at, by, from ?? to].filter((each) => each !== undefined).length;
    if (forms !== 1 || (from === undefined) !== (to === undefined))
      context.addIssue({ code: 'custom', message: timeForms, input: words });
    else if (from !== undefined && to !== undefined && from > to)
      context.addIssue({ code: 'custom', message: 'has a to before its from', input: words });
    const { decision, phase, rule, verdicts, weight } = words;
    if ([decision, words.reason, rule, weight, phase, verdicts].every((each) => each === undefined))
      context.addIssue({
        code: 'custom',
        message: 'expects nothing; name decision, reason, rule, weight, phase or verdicts',
        input: words,
      });
  });

const outcomes = ['promoted', 'succeeded', 'rolledBack', 'failed', 'open'] as const;

export const outcomeWords = z
  .union(
    [
      z.enum(outcomes),
      z.strictObject({
        is: z.enum(outcomes),
        reason: reason.optional(),
        rule: z.string().optional(),
        by: span.optional().meta({ description: 'At the latest then.' }),
      }),
    ],
    either(outcomes, 'is, reason, rule, by'),
  )
  .meta({
    description: 'How it ends: promoted (the watch began), succeeded (the watch is over), rolledBack, failed, open.',
  });

export function expectationFrom(words: z.output<typeof expectWords>, at: Position): Expectation {
  const { by, from, to, decision, phase, rule, verdicts, weight } = words;
  const when =
    from !== undefined && to !== undefined
      ? ({ kind: 'throughout', fromMs: from, toMs: to } as const)
      : by !== undefined
        ? ({ kind: 'by', byMs: by } as const)
        : ({ kind: 'at', atMs: words.at ?? 0 } as const);
  return {
    ...{ when, at },
    decision: decision ?? null,
    reason: words.reason ?? null,
    rule: rule ?? null,
    phase: phase ?? null,
    weight: weight ?? null,
    verdicts: Object.entries(verdicts ?? {}).map(([name, expected]): ExpectedVerdict => {
      const given = typeof expected === 'string' ? { verdict: expected } : expected;
      const { verdict: kind, reason: why } = given;
      return { rule: name, kind, reason: why ?? null };
    }),
  };
}

export function outcomeFrom(words: z.output<typeof outcomeWords>, at: Position): ExpectedOutcome {
  const { is, by, reason: why, rule } = typeof words === 'string' ? { is: words } : words;
  return { is, reason: why ?? null, rule: rule ?? null, byMs: by ?? null, at };
}
