/** `gates`: what must be so before a release's first traffic, besides approvals. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { duration } from '../lib/config-file/duration-schema.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import type { CheckSpec } from './check-spec.ts';
import { type Comparison, type GateDemand, type Requirement, rollbackPointName } from './gate-demand.ts';
import { checkName, noneTwice } from './policy-approvals.ts';
import { gateCheck, jobFrom, jobWords } from './policy-checks.ts';
import { plainText } from './policy-fields.ts';
import { type HookScene, httpFrom, httpWords } from './policy-hook.ts';

const comparison = /^(>=|<=|>|<|=) ?(-?[0-9]+(?:\.[0-9]+)?) ?%?$/;

const requirement = z
  .string()
  .refine((text) => comparison.test(text), {
    error: ({ input }) => `${describeFound(input)} is no comparison; write >= 80, <= 0.5 or = 0`,
  })
  .meta({ pattern: comparison.source, examples: ['>= 80', '= 0'] });

export const valueName = z.string().regex(/^[A-Za-z][\w.-]{0,62}$/, 'is no name of a number');

const dayMs = 86_400_000;

const people = z.array(plainText).min(1).max(50);

const shared = {
  name: checkName,
  attested: z
    .record(valueName, requirement)
    .optional()
    .meta({ description: 'A result of that name was posted for the revision, says pass, and has these numbers.' }),
  check: z.enum(['stable', 'monitoring', 'onCall', 'backup']).optional(),
  maxAge: duration({ minMs: 60_000, maxMs: 90 * 86_400_000 })
    .optional()
    .meta({ description: 'Of the newest verified backup, for check: backup. Default 24h.' }),
  by: people.optional().meta({ description: 'Whose results count. Default: whoever may give orders.' }),
  overrideBy: people.optional().meta({ description: 'Who may go without it. Default: whoever may give orders.' }),
} as const;

interface Whose {
  readonly attested?: unknown;
  readonly by?: unknown;
}

const isForAttested = ({ attested, by }: Whose): boolean => by === undefined || attested !== undefined;

const onlyAttested = { error: 'is for attested results only', path: ['by'] };

interface Aged {
  readonly check?: unknown;
  readonly maxAge?: unknown;
}

const isForBackup = ({ check, maxAge }: Aged): boolean => maxAge === undefined || check === 'backup';

const onlyBackup = { error: 'is for check: backup only', path: ['maxAge'] };

const isNoOther = ({ name }: { readonly name: string }): boolean => name !== rollbackPointName;

const itsName = { error: 'is the name of the gate that comes with spec.backup', path: ['name'] };

const hooks = {
  http: httpWords.optional().meta({ description: 'A hook that answers; asked again until it passes.' }),
  job: jobWords.optional(),
};

const gateWords = z
  .strictObject({ ...shared, ...hooks })
  .superRefine(exactlyOne(['attested', 'check', 'http', 'job']))
  .refine(isForAttested, onlyAttested)
  .refine(isForBackup, onlyBackup)
  .refine(isNoOther, itsName);

export const gatesWords = z.array(gateWords).max(50).superRefine(noneTwice);

const requirementOf = ([value, text]: readonly [string, string]): Requirement => {
  const [, sign = '=', limit = '0'] = comparison.exec(text) ?? [];
  return { value, comparison: sign as Comparison, limit: Number(limit) };
};

type GateWords = z.output<typeof gatesWords>;

/** Gates that ask somebody outside are checks that stand among the gates. */
export const hookGates = (words: GateWords, scene: HookScene): readonly CheckSpec[] =>
  words.flatMap(({ http, job, ...named }) => [
    ...(http === undefined ? [] : [gateCheck(named, httpFrom(http, scene))]),
    ...(job === undefined ? [] : [gateCheck(named, jobFrom(job))]),
  ]);

/** `contacts`: whom to call first. */
export const gatesFrom = (words: GateWords, contacts: readonly string[]): readonly GateDemand[] =>
  words
    .filter(({ http, job }) => http === undefined && job === undefined)
    .map((each): GateDemand => {
      const { name, attested, check, by = [], maxAge = dayMs, overrideBy = [] } = each;
      if (attested !== undefined)
        return { kind: 'attested', name, overrideBy, by, require: Object.entries(attested).map(requirementOf) };
      if (check === 'backup') return { kind: check, name, overrideBy, maxAgeMs: maxAge };
      return check === 'onCall' || check === undefined
        ? { kind: 'onCall', name, overrideBy, contacts }
        : { kind: check, name, overrideBy };
    });
