/** Lets the users come, and makes the load easier, and says so, on a machine that can't answer them all quickly. */
import { tookText } from '../../report/format-value.ts';
import { count } from '../../verdict/words.ts';
import type { Cast } from './cast.ts';
import { easierRate, firstStepMs, isKeptUp } from './pace.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './wait-until.ts';

/** Cold processes are slow; after this it is the machine. */
const warmUpMs = 6_000;

export async function findPace({ load, options: { rate }, signal, stage, tell }: Cast): Promise<void> {
  tell(`users come: ${count(rate)} requests/s through ${stage.url}`);
  load.setRate(rate);
  const late = performance.now() + warmUpMs;
  const keepsUp = (): boolean => {
    const report = load.latest();
    return report !== null && isKeptUp(report, rate);
  };
  await waitUntil(() => keepsUp() || performance.now() > late, signal);
  const report = load.latest();
  if (report === null || keepsUp() || signal.aborted) return;
  const easier = easierRate(report);
  load.setRate(easier);
  tell(`this machine is too slow or too busy for ${count(rate)} requests/s: the load is ${count(easier)} requests/s`);
  tell(firstStepNote(stage, easier));
}

/** The rules stay as they are, so fewer requests take longer to convince. */
function firstStepNote({ service }: Stage, ratePerSecond: number): string {
  const rules = service.rules.current();
  const minEvents = rules.ok ? Math.max(...rules.value.rules.map((rule) => rule.minEvents)) : 0;
  const weight = service.policy.plan.steps[0]?.weight ?? 100;
  const ms = firstStepMs({ ratePerSecond, weight, bakeMs: 0, minEvents });
  return `a pass needs ${count(minEvents)} canary requests, so the first step takes about ${tookText(ms)}`;
}
