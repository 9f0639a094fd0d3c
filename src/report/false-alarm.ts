/** The promise that a release's judge makes: how often a healthy release would be rolled back. */
import type { JudgeSettings } from '../verdict/settings.ts';
import { percent } from '../verdict/words.ts';

export interface FalseAlarm {
  /** At most this, over all rules and all looks. */
  readonly probability: number;
  readonly sentence: string;
}

export const falseAlarm = ({ alpha }: JudgeSettings): FalseAlarm => ({
  probability: alpha,
  sentence: `chance that a healthy release is rolled back <= ${percent(alpha)}, over all rules and looks`,
});
