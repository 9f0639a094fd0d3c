/** Lets the users come, and makes the load easier, and says so, on a machine that can't answer them all quickly. */
import { tookText } from '../../report/format-value.ts';
import { count } from '../../verdict/words.ts';
import type { Cast } from './cast.ts';
import { easierRate, firstStepMs, isKeptUp } from './pace.ts';
import type { Stage } from './stage.ts';
import { waitUntil } from './wait-until.ts';

/** Cold processes are slow; after this it is the machine. */
const warmUpMs = 6_000;

/** For what had queued up at a rate that was too high. */
const calmDownMs = 3_000;

/** The warm-up is not counted: what users see from here on is about the releases. */
export async function findPace(cast: Cast): Promise<void> {
  const { load, options, stage, tell } = cast;
  const { rate } = options;
  tell(`users come: ${count(rate)} requests/s through ${stage.url}`);
  load.setRate(rate);
  if (!(await keepsUp(cast, rate, warmUpMs))) {
    const report = load.latest();
    await slowDown(cast, report === null ? rate : easierRate(report));
  }
  load.countAnew();
}

async function slowDown(cast: Cast, easier: number): Promise<void> {
  const { load, options, signal, stage, tell } = cast;
  if (signal.aborted) return;
  if (easier === options.rate) return tell('this machine answers slowly just now: response times may warn');
  load.setRate(easier);
  tell(`this machine is too slow or too busy for ${count(options.rate)} requests/s: it gets ${count(easier)}`);
  tell(firstStepNote(stage, easier));
  await keepsUp(cast, easier, calmDownMs);
}

/** Whether a second's load was answered quickly, within the time. */
async function keepsUp({ load, signal }: Cast, rate: number, withinMs: number): Promise<boolean> {
  const late = performance.now() + withinMs;
  const isQuick = (): boolean => {
    const report = load.latest();
    return report !== null && isKeptUp(report, rate);
  };
  await waitUntil(() => isQuick() || performance.now() > late, signal);
  return isQuick();
}

/** The rules stay as they are, so fewer requests take longer to convince. */
function firstStepNote({ service }: Stage, ratePerSecond: number): string {
  const rules = service.rules.current();
  const minEvents = rules.ok ? Math.max(...rules.value.rules.map((rule) => rule.minEvents)) : 0;
  const weight = service.policy.plan.steps[0]?.weight ?? 100;
  const ms = firstStepMs({ ratePerSecond, weight, bakeMs: 0, minEvents });
  return `a pass needs ${count(minEvents)} canary requests, so the first step takes about ${tookText(ms)}`;
}
