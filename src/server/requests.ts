/** The bodies that the API takes, checked once at the edge: unknown words are errors, with the nearest known one. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { issueMessage, wordAt } from '../lib/config-file/issue-message.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { AdoptRequest } from '../release/adoption.ts';
import { checkName } from '../release/policy-approvals.ts';
import { digestsWords } from '../release/policy-fields.ts';
import { valueName } from '../release/policy-gates.ts';
import { targetFrom, targetProblem, targetWords } from '../release/policy-target.ts';
import type { Known } from '../release/who-may.ts';
import type { AttestRequest, BackupRequest, ReleaseAction, RestoreRequest, StartRequest } from './controls.ts';
import type { Subject } from './reviewer.ts';

const words = z.string().trim().max(1000);
const who = words.min(1).max(200).default('somebody over HTTP');

export const startBody = z.strictObject({
  policy: z.string().min(1).max(253),
  revision: targetWords.shape.revision.unwrap(),
  spec: targetWords.omit({ revision: true }).refine(({ cwd }) => cwd === undefined || isAbsolute(cwd), {
    error: 'cwd is not an absolute path',
  }),
  who,
  reason: words.default(''),
  rollback: z.enum(['auto', 'ask', 'forbidden']).optional(),
});

const needed = words.min(1);
const person = { revision: z.string().min(1).max(253), who };

export const actionBodies = {
  pause: z.strictObject({ ...person, reason: needed }),
  resume: z.strictObject({ ...person, reason: needed }),
  abort: z.strictObject({ ...person, reason: needed }),
  retry: z.strictObject({ ...person, reason: needed }),
  promote: z.strictObject({
    ...person,
    reason: words.default(''),
    full: z.boolean().default(false),
    /** As the view counts: from 1, 0 while preparing. One that is past has its effect already. */
    step: z.int().min(0).max(1000).optional(),
  }),
  answer: z.strictObject({ ...person, reason: needed, rule: z.string().max(253).nullable().default(null) }),
  note: z.strictObject({ ...person, reason: needed, rule: z.string().max(253).nullable().default(null) }),
  approve: z.strictObject({
    ...person,
    reason: words.default(''),
    approval: z.string().min(1).max(63),
    revoke: z.boolean().default(false),
  }),
  override: z.strictObject({ ...person, reason: needed, gate: z.string().min(1).max(63) }),
} as const;

type ActionName = keyof typeof actionBodies;

export const actionNames = Object.keys(actionBodies) as readonly ActionName[];

export const isActionName = (text: string): text is ActionName => Object.hasOwn(actionBodies, text);

/** An order, and the revision that it names: to be compared with the release's before anything is done. */
export interface ActionRequest {
  readonly revision: string;
  readonly action: ReleaseAction;
}

/** Whose token came with it; null: nobody's. */
export type Caller = Subject | null;

/** Whoever is known by their token is not called otherwise, whatever the body says. */
const callerIn = <T extends { readonly who: string }>(given: T, caller: Caller): T =>
  caller === null ? given : { ...given, who: caller.name };

const knownAs = (caller: Caller): Known =>
  caller === null
    ? { caller: null }
    : { caller: caller.name, ...(caller.groups.length === 0 ? {} : { groups: caller.groups }) };

export const parseStart = (body: unknown, caller: Caller): Result<StartRequest> => {
  const parsed = checked(startBody, body);
  if (!parsed.ok) return parsed;
  const { rollback, spec, ...given } = callerIn(parsed.value, caller);
  const { reason, who: said } = given;
  const rest = {
    ...given,
    rollback: rollback === undefined ? null : { rollback, who: said, ...knownAs(caller), reason },
  };
  if (isVariant(spec))
    return ok({ ...rest, spec: { kind: 'asPolicy', artefact: spec.artefact ?? null, env: spec.env ?? {} } });
  const problem = targetProblem(spec);
  return problem === null
    ? ok({ ...rest, spec: targetFrom(spec, '/').spec })
    : failed(invalid(problem.replace('target', 'spec')));
};

/** Nothing that says what the revision is, but what may differ from the policy's own. */
const isVariant = (spec: object): boolean => Object.keys(spec).every((word) => word === 'artefact' || word === 'env');

export const parseAction = (name: ActionName, body: unknown, caller: Caller): Result<ActionRequest> => {
  const parsed = actionIn(name, body, caller);
  return mapped(parsed, ({ revision, action }) => ({ revision, action: callerIn(action, caller) }));
};

const actionIn = (name: ActionName, body: unknown, caller: Caller): Result<ActionRequest> => {
  switch (name) {
    case 'promote':
      return mapped(checked(actionBodies.promote, body), ({ revision, full, step, ...order }) => ({
        revision,
        action: {
          kind: 'promote',
          extent: full ? 'full' : 'step',
          step: step === undefined ? null : step - 1,
          ...order,
        },
      }));
    case 'answer':
    case 'note':
      return mapped(checked(actionBodies[name], body), ({ revision, ...order }) => ({
        revision,
        action: { kind: name, ...order },
      }));
    case 'approve':
      return mapped(checked(actionBodies.approve, body), ({ revision, revoke, ...order }) => ({
        revision,
        action: { kind: revoke ? 'revoke' : 'approve', ...knownAs(caller), ...order },
      }));
    case 'override':
      return mapped(checked(actionBodies.override, body), ({ revision, ...order }) => ({
        revision,
        action: { kind: 'override', ...knownAs(caller), ...order },
      }));
    default:
      return mapped(checked(actionBodies[name], body), ({ revision, ...order }) => ({
        revision,
        action: { kind: name, ...order },
      }));
  }
};

export const attestBody = z.strictObject({
  ...person,
  name: checkName,
  outcome: z.enum(['pass', 'fail']),
  values: z
    .record(valueName, z.number())
    .default({})
    .refine((values) => Object.keys(values).length <= 30, { error: 'holds more than 30 numbers' }),
  digests: digestsWords.optional(),
  reason: words.default(''),
});

export const parseAttestation = (body: unknown, caller: Caller): Result<AttestRequest> =>
  mapped(checked(attestBody, body), ({ digests, ...given }) =>
    callerIn({ ...given, ...(digests === undefined ? {} : { digests }), ...knownAs(caller) }, caller),
  );

export const stableBody = z.strictObject({ ...person, reason: needed });

export const parseStable = (body: unknown, caller: Caller): Result<AdoptRequest> =>
  mapped(checked(stableBody, body), (given) => callerIn(given, caller));

export const backupBody = z.strictObject({ who, reason: words.default('') });

export const parseBackup = (body: unknown, caller: Caller): Result<BackupRequest> =>
  mapped(checked(backupBody, body), (given) => callerIn(given, caller));

export const restoreBody = z
  .strictObject({
    who,
    reason: words.default(''),
    to: z.string().min(1).max(200).nullable().default(null),
    dryRun: z.boolean().default(false),
    overwrite: z.array(z.string().min(1).max(4096)).max(1000).default([]),
  })
  .refine(({ dryRun, reason }) => dryRun || reason !== '', { error: 'is needed: it is recorded', path: ['reason'] });

export const parseRestore = (body: unknown, caller: Caller): Result<RestoreRequest> =>
  mapped(checked(restoreBody, body), (given) => callerIn(given, caller));

const mapped = <T, U>(result: Result<T>, change: (value: T) => U): Result<U> =>
  result.ok ? ok(change(result.value)) : result;

const checked = <S extends z.ZodType>(schema: S, body: unknown): Result<z.output<S>> => {
  const parsed = schema.safeParse(body, { error: issueMessage, reportInput: true });
  if (parsed.success) return ok(parsed.data);
  const sentences = parsed.error.issues.map(({ path, message }) =>
    `${wordAt(path.map((part) => (typeof part === 'number' ? part : String(part))))} ${message}`.trim(),
  );
  return failed(invalid(sentences.join('; ')));
};

const invalid = (message: string) => ({ reason: 'Invalid', message, retryable: false });
