/** `checks`: what is asked outside on a release's way, and what each answer does. */
import { z } from 'zod';
import { duration } from '../lib/config-file/duration-schema.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { type CheckStage, checkStages } from './check-demand.ts';
import type { CheckSpec } from './check-spec.ts';
import { checkName, noneTwice } from './policy-approvals.ts';
import { plainText } from './policy-fields.ts';
import { type HookScene, healthWords, httpFrom, httpWords } from './policy-hook.ts';
import { loadFrom, loadWords } from './policy-load.ts';

const stage = z.enum(checkStages);

const alertmanager = z.strictObject({
  source: plainText.optional().meta({
    description: 'Name of an alertmanager among the sources. Default: metrics.alerts; none: what its webhook told.',
  }),
  labels: z
    .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label'), plainText)
    .refine((all) => Object.keys(all).length > 0, 'is empty; name the service, as in service: app')
    .meta({ description: 'What an alert of the service has. severity: critical is added where none stands here.' }),
  every: duration({ minMs: 5_000, maxMs: 600_000 }).optional().meta({ description: 'Default 15s.' }),
});

export const jobWords = z.strictObject({
  cronJob: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9.]{0,50}[a-z0-9])?$/, 'is no name of a CronJob')
    .meta({
      description: "CronJob, suspended as a rule, whose template the Job is made from; in the policy's namespace.",
    }),
  timeout: duration({ minMs: 1_000, maxMs: 3_600_000 })
    .optional()
    .meta({ description: 'Of all its tries together; then it is ended, and has failed. Default 10m.' }),
  retries: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .meta({ description: 'Pods after the first one that may fail. Default 2.' }),
});

const withoutCanary: readonly CheckStage[] = ['onRollback', 'onFailure', 'afterPromotion', 'onRestore'];

const onlyTold = 'nothing goes on or back then, and what fails makes the restore unsound';

const kinds = ['http', 'health', 'alertmanager', 'job', 'load'] as const;

const check = z
  .strictObject({
    name: checkName,
    at: z.array(stage).min(1).max(7).optional().meta({
      description: 'When it is asked. health and alertmanager are asked all the way, and have none.',
    }),
    onFail: z.enum(['rollback', 'hold', 'record']).optional().meta({
      description: 'Default: hold before the first traffic, rollback after it; alertmanager: hold.',
    }),
    overrideBy: z.array(plainText).min(1).max(50).optional().meta({
      description: 'Who may go on without it. Default: whoever may give orders.',
    }),
    http: httpWords.optional(),
    health: healthWords.optional(),
    alertmanager: alertmanager.optional(),
    job: jobWords.optional(),
    load: loadWords.optional(),
  })
  .superRefine(exactlyOne(kinds))
  .superRefine((words, context) => {
    const { at, health, alertmanager: alerts } = words;
    const isAllTheWay = health !== undefined || alerts !== undefined;
    if (isAllTheWay && at !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['at'],
        message: 'is not for health and alertmanager: they are asked all the way',
        input: at,
      });
    if (!isAllTheWay && at === undefined)
      context.addIssue({
        code: 'custom',
        path: [],
        message: `needs at: a list of ${checkStages.join(', ')}`,
        input: words,
      });
  })
  .superRefine(({ at = [], load }, context) => {
    const wrong = at.filter((each) => withoutCanary.includes(each));
    if (load === undefined || wrong.length === 0) return;
    const message = `load goes to the canary, which is not there ${wrong.join(', ')}; use beforeTraffic, afterWeight, beforePromotion`;
    context.addIssue({ code: 'custom', path: ['at'], message, input: at });
  })
  .superRefine(({ at = [], http, onFail, overrideBy }, context) => {
    const isForRestores = at.length > 0 && at.every((each) => each === 'onRestore');
    for (const word of ['onFail', 'overrideBy'] as const)
      if (isForRestores && { onFail, overrideBy }[word] !== undefined)
        context.addIssue({ code: 'custom', path: [word], message: `is not for onRestore: ${onlyTold}`, input: at });
    if (at.includes('onRestore') && http?.url?.startsWith('{canary}') === true)
      context.addIssue({
        code: 'custom',
        path: ['http', 'url'],
        message: 'asks the canary, which is not there onRestore; write {stable}, or an address',
        input: http.url,
      });
  });

export const checksWords = z.array(check).max(20).superRefine(noneTwice);

type Words = z.output<typeof checksWords>[number];

/** Between two questions to what failed and holds. */
const againMs = 30_000;
const jobAgainMs = 60_000;

type Base = Omit<CheckSpec, 'ask' | 'kind'>;

const baseOf = ({ name, at, onFail, overrideBy = [] }: Omit<Words, (typeof kinds)[number]>): Base => ({
  name,
  stages: [...new Set<CheckStage>(at)],
  onFail: onFail ?? 'usual',
  everyMs: againMs,
  failures: 1,
  survives: true,
  isGate: false,
  overrideBy,
});

export interface Beside extends HookScene {
  /** Key of the sources that knows alerts; null: none does. */
  readonly alerts: string | null;
}

const checkFrom = (words: Words, beside: Beside): CheckSpec => {
  const base = baseOf(words);
  const { health, http, job, load } = words;
  if (http !== undefined) return { ...base, kind: 'http', ask: httpFrom(http, beside) };
  if (health !== undefined) {
    const { every, failures, ...asked } = health;
    const survives = asked.url?.startsWith('{canary}') !== true;
    return {
      ...base,
      kind: 'health',
      survives,
      everyMs: every ?? againMs,
      failures: failures ?? 3,
      ask: httpFrom({ ...asked, retries: 0 }, beside),
    };
  }
  if (job !== undefined) return { ...base, kind: 'job', everyMs: jobAgainMs, ask: jobFrom(job) };
  if (load !== undefined) return { ...base, kind: 'load', ask: loadFrom(load) };
  const { every, labels = {}, source } = words.alertmanager ?? {};
  return {
    ...base,
    kind: 'alertmanager',
    onFail: words.onFail ?? 'hold',
    everyMs: every ?? 15_000,
    ask: { kind: 'alertmanager', source: source ?? beside.alerts, labels: { severity: 'critical', ...labels } },
  };
};

export const jobFrom = ({
  cronJob,
  retries,
  timeout,
}: z.output<typeof jobWords>): Extract<CheckSpec['ask'], { kind: 'job' }> => ({
  kind: 'job',
  cronJob,
  timeoutMs: timeout ?? 600_000,
  retries: retries ?? 2,
});

export const checksFrom = (words: readonly Words[], beside: Beside): readonly CheckSpec[] =>
  words.map((each) => checkFrom(each, beside));

/** A hook among the gates: asked before the first traffic, until it passes or somebody goes without it. */
export const gateCheck = (
  { name, overrideBy = [] }: { readonly name: string; readonly overrideBy?: readonly string[] | undefined },
  ask: CheckSpec['ask'] & { readonly kind: 'http' | 'job' },
): CheckSpec => ({
  ...baseOf({ name, at: ['beforeTraffic'], onFail: 'hold', overrideBy: [...overrideBy] }),
  kind: ask.kind,
  everyMs: ask.kind === 'job' ? jobAgainMs : againMs,
  isGate: true,
  ask,
});
