/** A zod schema for durations in files: Gateway API text in, milliseconds out. */
import { z } from 'zod';
import { formatDuration, parseDuration } from '../duration.ts';
import { describeFound } from './describe-found.ts';

export interface DurationLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

const wrongKind = (input: unknown): string | undefined => {
  if (typeof input === 'number') return `${input} has no unit; write ${input}s or ${input}m`;
  return input === undefined ? undefined : `${describeFound(input)} is not a duration; write 30s, 5m or 1h30m`;
};

const problem = (text: string, limits: DurationLimits): string | null => {
  const ms = parseDuration(text);
  if (ms === null) return `${describeFound(text)} is not a duration; write 30s, 5m or 1h30m`;
  if (ms < limits.minMs) return `${text} is shorter than ${formatDuration(limits.minMs)}`;
  return ms > limits.maxMs ? `${text} is longer than ${formatDuration(limits.maxMs)}` : null;
};

/** Both limits included. */
export const duration = (limits: DurationLimits) =>
  z
    .string({ error: (issue) => wrongKind(issue.input) })
    .meta({ pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$', examples: ['30s', '5m', '1h30m'] })
    .transform((text, context) => {
      const message = problem(text, limits);
      if (message === null) return parseDuration(text) ?? 0;
      context.addIssue({ code: 'custom', message, input: text });
      return z.NEVER;
    });
