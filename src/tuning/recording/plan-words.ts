/** From a release's plan and judge back to the words of a policy: what differs from the defaults. */
import { formatDuration } from '../../lib/duration.ts';
import { defaultPlan, type Plan } from '../../release/plan.ts';
import { defaultJudgeSettings, type JudgeSettings } from '../../verdict/settings.ts';
import { longer } from './rule-words.ts';

type Words = Readonly<Record<string, unknown>>;

const spans = {
  readyWithin: 'readyWithinMs',
  scaleWithin: 'scaleWithinMs',
  maxDuration: 'maxDurationMs',
  watchFor: 'watchMs',
  verifyWithin: 'verifyWithinMs',
  blindFor: 'blindForMs',
  blindMax: 'blindMaxMs',
  answerWithin: 'answerWithinMs',
  drain: 'drainMs',
} as const satisfies Readonly<Record<string, keyof Plan>>;

const choices = ['verify', 'onBlind', 'onUnanswered', 'onLimit', 'rollback', 'whenUnjudgeable'] as const;

export function wordsOfPlan(plan: Plan, compression: number): Words {
  const text = (ms: number): string => formatDuration(longer(ms, compression));
  const limits = Object.entries(spans).flatMap(([word, field]) =>
    longer(plan[field], compression) === defaultPlan[field] ? [] : [[word, text(plan[field])] as const],
  );
  const chosen = choices.flatMap((word) => (plan[word] === defaultPlan[word] ? [] : [[word, plan[word]] as const]));
  const steps = plan.steps.map(({ bakeMs, replicas, tooFew, weight }) => ({
    weight,
    bake: text(bakeMs),
    ...(replicas === null
      ? {}
      : { replicas: typeof replicas === 'number' ? replicas : `${replicas.percentOfStable}%` }),
    ...(tooFew === undefined ? {} : { tooFew }),
  }));
  return { steps, ...Object.fromEntries([...limits, ...chosen]) };
}

export function wordsOfJudge(judge: JudgeSettings, compression: number): Words {
  const sharedMs = longer(judge.sharedWindowMs, compression);
  const words = {
    ...(judge.from === 'stated' ? { dispersion: judge.phi } : {}),
    ...(sharedMs === defaultJudgeSettings.sharedWindowMs ? {} : { sharedWindow: formatDuration(sharedMs) }),
    ...(judge.onShared === defaultJudgeSettings.onShared ? {} : { onShared: judge.onShared }),
    ...(judge.onWorse === defaultJudgeSettings.onWorse ? {} : { onWorse: judge.onWorse }),
  };
  return {
    ...(judge.alpha === defaultJudgeSettings.alpha
      ? {}
      : { confidence: `${Number((100 * (1 - judge.alpha)).toPrecision(10))}%` }),
    ...(Object.keys(words).length > 0 ? { judge: words } : {}),
  };
}
