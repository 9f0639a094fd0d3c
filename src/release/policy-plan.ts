/** `plan`: the steps, and the limits of the whole. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { isMap, soundParts } from '../lib/config-file/sound-parts.ts';
import { formatDuration } from '../lib/duration.ts';
import { defaultPlan, type Plan } from './plan.ts';
import { span } from './policy-fields.ts';

/** A number of instances, or a percentage of stable's. */
export type ReplicaWords = { readonly count: number } | { readonly percentOfStable: number };

const noReplicas = ({ input }: { readonly input?: unknown }): string =>
  `${describeFound(input)} is no number of replicas; write a number, or a percentage of stable such as 50%`;

const replicas = z
  .union([z.int().min(1).max(1000), z.string().regex(/^[1-9][0-9]{0,3}%$/, { error: noReplicas })], {
    error: noReplicas,
  })
  .transform(
    (given): ReplicaWords =>
      typeof given === 'number' ? { count: given } : { percentOfStable: Number(given.slice(0, -1)) },
  );

const step = z.strictObject({
  weight: z.int().min(1).max(100).meta({ description: 'Percent of the traffic for the canary.' }),
  bake: span.meta({ description: 'How long the step must hold.' }),
  replicas: replicas.optional().meta({ description: 'Canary instances. Default: what the weight needs.' }),
});

/** Every word but `steps` has the meaning, and the default, of the field of the same name in plan.ts. */
export const planWords = z.strictObject(
  {
    steps: z.array(step).min(1).max(50).optional(),
    readyWithin: span.optional(),
    scaleWithin: span.optional(),
    maxDuration: span.optional(),
    watchFor: span.optional(),
    verify: z.enum(['requests', 'config', 'off']).optional(),
    verifyWithin: span.optional(),
    blindFor: span.optional(),
    blindMax: span.optional(),
    onBlind: z.enum(['by-weight', 'hold', 'rollback']).optional(),
    answerWithin: span.optional(),
    onUnanswered: z.enum(['hold', 'rollback']).optional(),
    onLimit: z.enum(['hold', 'rollback']).optional(),
    rollback: z.enum(['auto', 'ask', 'forbidden']).optional(),
    drain: span.optional(),
    whenUnjudgeable: z.enum(['checks', 'hold', 'refuse']).optional(),
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

/** Each look at several words, with the words that it needs. */
const looks: readonly (readonly [readonly (keyof PlanWords)[], (words: PlanWords) => readonly PlanIssue[]])[] = [
  [['steps'], ({ steps }) => stepIssues(steps ?? [])],
  [['steps', 'maxDuration'], limitIssues],
  [['blindFor', 'blindMax'], blindIssues],
];

/** What the words get wrong together, as they stand in the file; a word that is wrong by itself is left out. */
export const planIssues = (data: unknown): readonly PlanIssue[] => {
  const words = soundParts(planWords, data);
  const readable = (word: keyof PlanWords): boolean => !isMap(data) || !(word in data) || words[word] !== undefined;
  return looks.filter(([needed]) => needed.every(readable)).flatMap(([, look]) => look(words));
};

const replicasOf = (words: ReplicaWords | undefined, stable: number): number | null => {
  if (words === undefined) return null;
  return 'count' in words ? words.count : Math.ceil((stable * words.percentOfStable) / 100);
};

/** Of words without issues; `stable` is the number of stable's instances. */
export const planFrom = (words: PlanWords, stable: number): Plan => ({
  steps:
    words.steps?.map(({ weight, bake, replicas: wanted }) => ({
      weight,
      bakeMs: bake,
      replicas: replicasOf(wanted, stable),
    })) ?? defaultPlan.steps,
  readyWithinMs: words.readyWithin ?? defaultPlan.readyWithinMs,
  scaleWithinMs: words.scaleWithin ?? defaultPlan.scaleWithinMs,
  maxDurationMs: words.maxDuration ?? defaultPlan.maxDurationMs,
  watchMs: words.watchFor ?? defaultPlan.watchMs,
  verify: words.verify ?? defaultPlan.verify,
  verifyWithinMs: words.verifyWithin ?? defaultPlan.verifyWithinMs,
  blindForMs: words.blindFor ?? defaultPlan.blindForMs,
  blindMaxMs: words.blindMax ?? defaultPlan.blindMaxMs,
  onBlind: words.onBlind ?? defaultPlan.onBlind,
  answerWithinMs: words.answerWithin ?? defaultPlan.answerWithinMs,
  onUnanswered: words.onUnanswered ?? defaultPlan.onUnanswered,
  onLimit: words.onLimit ?? defaultPlan.onLimit,
  rollback: words.rollback ?? defaultPlan.rollback,
  drainMs: words.drain ?? defaultPlan.drainMs,
  whenUnjudgeable: words.whenUnjudgeable ?? defaultPlan.whenUnjudgeable,
});
