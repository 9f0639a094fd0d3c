/** A retry that calls the rollback before it a false alarm: recorded on that release, whatever becomes of the retry. */
import type { Clock } from '../lib/clock.ts';
import { ok, type Result } from '../lib/result.ts';
import { callFalseAlarm } from '../release/false-alarm-call.ts';
import type { Release } from '../release/release.ts';
import type { Said } from './carry-out.ts';
import { type Saving, saveChange } from './save-change.ts';

interface Around extends Saving {
  readonly clock: Pick<Clock, 'wallMs'>;
  /** Somebody said that this rule took back a healthy release. */
  readonly falseAlarm: (policy: string, rule: string) => void;
}

/** What is no alarm is left as it is. */
export async function falseAlarmCalled(around: Around, release: Release, said: Said): Promise<Result<Release>> {
  const called = callFalseAlarm(release, { ...said, atMs: around.clock.wallMs() });
  if (!called.ok || called.value.log.length === 0) return called.ok ? ok(release) : called;
  const saved = await saveChange(around, called.value);
  const { phase, policy } = release;
  if (saved.ok && 'cause' in phase && phase.cause.rule !== null) around.falseAlarm(policy, phase.cause.rule);
  return saved;
}
