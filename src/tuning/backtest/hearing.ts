/** One rule set before the judge, look by look: its first conviction, and how its rules stood in the end. */
import type { Reading } from '../../metrics/reading.ts';
import type { Rule } from '../../rules/rule.ts';
import type { JudgeContext } from '../../verdict/context.ts';
import { judge, startRuleState } from '../../verdict/judge.ts';
import type { RuleState } from '../../verdict/rule-state.ts';
import { type Dispersion, type JudgeSettings, withDispersion } from '../../verdict/settings.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import type { Brief } from './brief.ts';
import type { Seat } from './docket.ts';

export interface Conviction {
  readonly rule: string;
  readonly atMs: number;
  readonly message: string;
}

/** How a rule stood. */
export type Standing = Pick<Verdict, 'rule' | 'alert' | 'kind' | 'advisory'>;

/** What one rule set made of it. */
export interface Finding {
  readonly conviction: Conviction | null;
  /** As they stood at the end. */
  readonly verdicts: readonly Standing[];
  /** Rules that held it at some time, or asked a person. */
  readonly objections: readonly string[];
}

/** What a policy states needs no learning. */
const settingsOf = ({ settings }: Seat, learned: Dispersion | undefined): JudgeSettings =>
  settings.from === 'stated' ? settings : withDispersion(settings, learned);

/** One rule set's view of the trial. */
export class Hearing {
  readonly #seat: Seat;
  readonly #settings: readonly JudgeSettings[];
  readonly #states: RuleState[];
  readonly #verdicts: (Verdict | null)[];
  readonly #objections = new Set<string>();
  #conviction: Conviction | null = null;
  #isOver = false;

  constructor(seat: Seat, dispersion: Brief['dispersion']) {
    this.#seat = seat;
    this.#settings = seat.rules.map(({ measured }) => settingsOf(seat, dispersion[measured]));
    this.#states = seat.rules.map(({ rule }) => startRuleState(rule));
    this.#verdicts = seat.rules.map(() => null);
  }

  hear(told: (rule: Rule, name: string) => Reading | undefined, context: JudgeContext): void {
    if (this.#conviction !== null || this.#isBeyond(context)) return;
    this.#seat.rules.forEach(({ rule, measured }, at) => {
      const reading = told(rule, measured);
      const state = this.#states[at];
      const settings = this.#settings[at];
      if (reading === undefined || state === undefined || settings === undefined) return;
      const judged = judge(rule, settings, { state, reading, context });
      this.#states[at] = judged.state;
      this.#verdicts[at] = judged.verdict;
      this.#note(judged.verdict, context.nowMs);
    });
  }

  /**
   * All went to the canary while these rules held it for a bad environment: they would not have let it, and what came then
   * would not have been.
   */
  #isBeyond({ split, weight }: JudgeContext): boolean {
    const holds = this.#verdicts.some(
      (verdict) => verdict?.alert === 'critical' && verdict.reason === 'EnvironmentBad',
    );
    this.#isOver ||= holds && !split && weight === 100;
    return this.#isOver;
  }

  /** As the gate has it: a critical rule whose outcome is "roll back" takes the release back. */
  #note(verdict: Verdict, nowMs: number): void {
    const { advisory, alert, kind, outcome, rule } = verdict;
    if (advisory || alert === 'info') return;
    if (kind === 'breach' || kind === 'suspect') this.#objections.add(rule);
    if (alert === 'critical' && outcome === 'rollback')
      this.#conviction ??= { rule, atMs: nowMs, message: verdict.message };
  }

  finding(): Finding {
    return {
      conviction: this.#conviction,
      verdicts: this.#verdicts.filter((each) => each !== null).map(standingOf),
      objections: [...this.#objections],
    };
  }
}

const standingOf = ({ rule, alert, kind, advisory }: Verdict): Standing => ({ rule, alert, kind, advisory });
