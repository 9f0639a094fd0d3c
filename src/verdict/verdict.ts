/** What the evidence of one rule means now. Made by the judge, read by the gate, the page and the log. */
import type { Severity } from '../rules/rule.ts';

export type VerdictKind = 'pass' | 'suspect' | 'breach' | 'inconclusive';

/** What the attribution table makes of the tests (judgement.md, section 3). */
export type Outcome = 'rollback' | 'hold' | 'none';

export type VerdictReason =
  | 'Proven'
  | 'Compatible'
  | 'WorseWithinLimit'
  | 'NotApplicable'
  | 'Ignored'
  | 'Breach'
  | 'SharedAfterRise'
  | 'GrossFailure'
  | 'EnvironmentBad'
  | 'StableSuffersToo'
  | 'AwaitingRelative'
  | 'WorseThanStable'
  | 'OutsideThreshold'
  | 'AlertElsewhere'
  | 'EvidenceRising'
  | 'TooFewEvents'
  | 'BakeNotEnded'
  | 'NoData'
  | 'WarmingUp';

export interface Verdict {
  readonly rule: string;
  readonly alert: Severity;
  readonly kind: VerdictKind;
  readonly outcome: Outcome;
  readonly reason: VerdictReason;
  /** One sentence with value, limit and what it would take; what people read. */
  readonly message: string;
  /** Value over the rule's window (a ratio, seconds, or a level); null when nothing was seen. */
  readonly canary: number | null;
  readonly stable: number | null;
  readonly limit: number;
  /** Canary events since the release began, and in this step. */
  readonly events: number;
  readonly stepEvents: number;
  /** Natural logarithms of the e-values against the canary, running maxima; 0 is no evidence. A share test is in `lnRelative`. */
  readonly lnAbsolute: number;
  readonly lnRelative: number;
  /** ln of the evidence of health in this step, as it is now. */
  readonly lnHealth: number;
  /** ln(m/alpha): what lnAbsolute and lnRelative must reach to convict. */
  readonly lnConvict: number;
  /** Bad events more, now, that would convict; null where it does not apply. */
  readonly errorsToConvict: number | null;
  /** Shown and recorded, but moves nothing (`dryRun`, `alert: info`). */
  readonly advisory: boolean;
}
