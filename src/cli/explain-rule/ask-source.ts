/** What a metric source knows of a rule: its numbers now, and what stable's past says. */
import { systemClock } from '../../lib/clock.ts';
import { ok, type Result } from '../../lib/result.ts';
import { countersOf } from '../../metrics/wanted-series.ts';
import type { Rule } from '../../rules/rule.ts';
import { sidesOf } from '../../tuning/check/online/data-now.ts';
import { spacingNow } from '../../tuning/check/online/spacing-now.ts';
import { stablePast } from '../../tuning/check/online/stable-past.ts';
import { numbersNow, type SideNow } from '../../tuning/explain/numbers-now.ts';
import type { History } from '../../verdict/dispersion.ts';
import type { Context } from '../context.ts';
import { progressLine } from '../progress-line.ts';
import { type Asking, armsHere, type OnlineSource, onlineSource, withinDeadline } from '../rules-online.ts';

/** null: nobody was asked, or the rule has no such past. */
export interface Seen {
  readonly now: readonly SideNow[] | null;
  readonly history: Result<History, string> | null;
}

/** The error says why the source can't be asked. */
export const askSource = async (
  rule: Rule,
  asking: Asking,
  { quiet }: Pick<Context, 'quiet'>,
): Promise<Result<Seen, string>> => {
  const online = onlineSource(asking);
  if (!online.ok) return online;
  if (online.value === null) return ok({ now: null, history: null });
  const doing = `asking ${online.value.source.name} about ${rule.name}`;
  const line = progressLine(quiet ? 'off' : 'on');
  line.show(doing);
  const work = look(rule, asking, online.value);
  const seen = await withinDeadline(work, { timeoutMs: asking.options.timeout, doing: () => doing });
  line.end();
  return seen;
};

const look = async (rule: Rule, asking: Asking, { source, history }: OnlineSource): Promise<Result<Seen, string>> => {
  const arms = armsHere(asking);
  const now = await numbersNow(rule, source, arms);
  if (!now.ok) return now;
  const spacing = await spacingNow(source, countersOf(rule.sli)[0], sidesOf(arms));
  if (!spacing.ok) return spacing;
  const intervalMs = spacing.value ?? source.intervalMs;
  const about = { history, arms, nowMs: systemClock.wallMs(), intervalMs, withinMs: asking.options.timeout };
  const past = await stablePast(rule, about);
  if (past.ok && past.value === null) return ok({ now: now.value, history: null });
  return ok({ now: now.value, history: past as Result<History, string> });
};
