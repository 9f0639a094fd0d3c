/** `plan`: the steps, and the limits of the whole. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { isMap, soundParts } from '../lib/config-file/sound-parts.ts';
import { formatDuration } from '../lib/duration.ts';
import { defaultPlan, defaultTrendMs, type Plan, type Step, standbyOf } from './plan.ts';
import { plainText, span } from './policy-fields.ts';
import { smallSteps } from './step-size.ts';

const noReplicas = ({ input }: { readonly input?: unknown }): string =>
  `${describeFound(input)} is no number of replicas; write a number, or a percentage of stable such as 50%`;

const replicas = z
  .union([z.int().min(1).max(1000), z.string().regex(/^[1-9][0-9]{0,3}%$/, { error: noReplicas })], {
    error: noReplicas,
  })
  .transform(
    (given): NonNullable<Step['replicas']> =>
      typeof given === 'number' ? given : { percentOfStable: Number(given.slice(0, -1)) },
  );

const step = z.strictObject({
  weight: z.int().min(1).max(100).meta({ description: 'Percent of the traffic for the canary.' }),
  bake: span.meta({ description: 'How long the step must hold.' }),
  replicas: replicas.optional().meta({
    description: "Canary instances: a number, or a percentage of stable's such as 50%. Default: what the weight needs.",
  }),
  tooFew: z.enum(['accepted']).optional().meta({
    description: 'Fewer replicas than the weight needs next to stable are meant. Default: they are refused.',
  }),
});

/** Every word but `steps` has the meaning, and the default, of the field of the same name in plan.ts. */
export const planWords = z.strictObject(
  {
    steps: z.array(step).min(1).max(50).optional(),
    readyWithin: span
      .optional()
      .meta({ description: "For the canary's instances to be ready at the start. Default 5m." }),
    scaleWithin: span
      .optional()
      .meta({ description: 'For the instances that a later step, or the way back, wants. Default 10m.' }),
    maxDuration: span
      .optional()
      .meta({ description: 'Of the whole release; pauses, approvals and blindness are not counted. Default 2h.' }),
    watchFor: span.optional().meta({ description: 'After the promotion: a breach still takes it back. Default 2h.' }),
    trend: span.optional().meta({
      description:
        'So long after the promotion what the rules read is recorded for the report, now and then, and decides nothing; 0s: not. Default 24h.',
    }),
    standby: z.int().min(0).max(1000).optional().meta({
      description:
        'Instances of the revision before that run on in the watch, after its first 10 minutes; 0: a return starts it first. Default: in a cluster 1, else all.',
    }),
    verify: z.enum(['requests', 'config', 'off']).optional().meta({
      description:
        'By what a weight counts as live: counted requests, what the router says, or nothing. Default requests.',
    }),
    verifyWithin: span.optional().meta({ description: 'Then too few requests to tell are no obstacle. Default 2m.' }),
    blindFor: span.optional().meta({ description: 'Metrics silent for so long pause it, and page. Default 5m.' }),
    blindMax: span.optional().meta({ description: 'Metrics silent for so long: as onBlind says. Default 30m.' }),
    onBlind: z
      .enum(['by-weight', 'hold', 'rollback'])
      .optional()
      .meta({ description: 'by-weight: hold below 50 %, roll back from there on. Default by-weight.' }),
    answerWithin: span
      .optional()
      .meta({ description: 'For a person to answer a warning; then it escalates. Default 15m.' }),
    onUnanswered: z
      .enum(['hold', 'rollback'])
      .optional()
      .meta({ description: 'A warning that nobody answered. Default hold.' }),
    onLimit: z.enum(['hold', 'rollback']).optional().meta({ description: 'maxDuration is over. Default hold.' }),
    rollback: z
      .enum(['auto', 'ask', 'forbidden'])
      .optional()
      .meta({ description: 'Whether a breach takes it back by itself. Default auto.' }),
    rollbackBy: z.array(plainText).min(1).max(50).optional().meta({
      description:
        'Who may set rollback for one release, as the token file names them. Default: whoever may give orders.',
    }),
    drain: span
      .optional()
      .meta({ description: 'For the canary to end what it still answers after a rollback. Default 30s.' }),
    whenUnjudgeable: z.enum(['checks', 'hold', 'refuse']).optional().meta({
      description:
        'Too little traffic to judge a step: go by readiness and checks, hold, or do not start. Default checks.',
    }),
  },
  laterWords('scale'),
);

export type PlanWords = z.output<typeof planWords>;

/** A mistake at a path inside `plan`. */
export interface PlanIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const stepIssues = (steps: NonNullable<PlanWords['steps']>): readonly PlanIssue[] => {
  const falling = steps.flatMap(({ weight }, index): PlanIssue[] => {
    const before = steps[index - 1]?.weight ?? 0;
    if (weight > before) return [];
    return [
      { path: ['steps', index, 'weight'], message: `weight ${weight} is not above the ${before} of the step before` },
    ];
  });
  const last = steps.at(-1)?.weight ?? 100;
  if (last === 100) return falling;
  const message = `weight ${last} is the last; the last step must be 100, where the canary proves that it carries everything`;
  return [...falling, { path: ['steps', steps.length - 1, 'weight'], message }];
};

const limitIssues = (words: PlanWords): readonly PlanIssue[] => {
  const steps = words.steps ?? defaultPlan.steps.map(({ bakeMs }) => ({ bake: bakeMs }));
  const bakesMs = steps.reduce((sum, { bake }) => sum + bake, 0);
  const maxMs = words.maxDuration ?? defaultPlan.maxDurationMs;
  if (bakesMs <= maxMs) return [];
  const which = words.maxDuration === undefined ? 'the default maxDuration' : 'maxDuration';
  const bakes = formatDuration(bakesMs);
  const message = `${which} ${formatDuration(maxMs)} is shorter than the bakes of the steps, ${bakes} together; allow more than ${bakes}`;
  return [{ path: words.maxDuration === undefined ? ['steps'] : ['maxDuration'], message }];
};

const blindIssues = (words: PlanWords): readonly PlanIssue[] => {
  const forMs = words.blindFor ?? defaultPlan.blindForMs;
  const maxMs = words.blindMax ?? defaultPlan.blindMaxMs;
  if (forMs <= maxMs) return [];
  const word = words.blindFor === undefined ? 'blindMax' : 'blindFor';
  const message = `blindFor ${formatDuration(forMs)} is longer than blindMax ${formatDuration(maxMs)}`;
  return [{ path: [word], message }];
};

const sizeIssues = (words: PlanWords, stable: number | null): readonly PlanIssue[] =>
  stable === null
    ? []
    : smallSteps({ steps: stepsFrom(words) }, stable).map(({ step, message }) => ({
        path: ['steps', step, 'replicas'],
        message,
      }));

type Look = (words: PlanWords, stable: number | null) => readonly PlanIssue[];

/** Each look at several words, with the words that it needs. */
const looks: readonly (readonly [readonly (keyof PlanWords)[], Look])[] = [
  [['steps'], ({ steps }) => stepIssues(steps ?? [])],
  [['steps'], sizeIssues],
  [['steps', 'maxDuration'], limitIssues],
  [['blindFor', 'blindMax'], blindIssues],
];

/**
 * What the words get wrong together, as they stand in the file; a word that is wrong by itself is left out.
 * `stable`: how many instances the canary is measured against; null: that is not known yet, or a step's size is not the plan's.
 */
export const planIssues = (data: unknown, stable: number | null): readonly PlanIssue[] => {
  const words = soundParts(planWords, data);
  const readable = (word: keyof PlanWords): boolean => !isMap(data) || !(word in data) || words[word] !== undefined;
  return looks.filter(([needed]) => needed.every(readable)).flatMap(([, look]) => look(words, stable));
};

function stepsFrom({ steps }: PlanWords): readonly Step[] {
  return (
    steps?.map(({ weight, bake, replicas: wanted = null, tooFew }) => ({
      ...{ weight, bakeMs: bake, replicas: wanted },
      ...(tooFew === undefined ? {} : { tooFew }),
    })) ?? defaultPlan.steps
  );
}

/** Of words without issues. */
export const planFrom = (words: PlanWords): Plan => ({
  steps: stepsFrom(words),
  readyWithinMs: words.readyWithin ?? defaultPlan.readyWithinMs,
  scaleWithinMs: words.scaleWithin ?? defaultPlan.scaleWithinMs,
  maxDurationMs: words.maxDuration ?? defaultPlan.maxDurationMs,
  watchMs: words.watchFor ?? defaultPlan.watchMs,
  trendMs: words.trend ?? defaultTrendMs,
  ...(words.standby === undefined ? {} : { standby: standbyOf(words.standby) }),
  verify: words.verify ?? defaultPlan.verify,
  verifyWithinMs: words.verifyWithin ?? defaultPlan.verifyWithinMs,
  blindForMs: words.blindFor ?? defaultPlan.blindForMs,
  blindMaxMs: words.blindMax ?? defaultPlan.blindMaxMs,
  onBlind: words.onBlind ?? defaultPlan.onBlind,
  answerWithinMs: words.answerWithin ?? defaultPlan.answerWithinMs,
  onUnanswered: words.onUnanswered ?? defaultPlan.onUnanswered,
  onLimit: words.onLimit ?? defaultPlan.onLimit,
  rollback: words.rollback ?? defaultPlan.rollback,
  ...(words.rollbackBy === undefined ? {} : { rollbackBy: words.rollbackBy }),
  drainMs: words.drain ?? defaultPlan.drainMs,
  whenUnjudgeable: words.whenUnjudgeable ?? defaultPlan.whenUnjudgeable,
});
