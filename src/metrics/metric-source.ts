/** Port: where readings come from. Prometheus, direct scrape, the host, and the scripted one are its adapters. */
import type { Selector } from '../rules/sli.ts';
import type { ArmMatch, Arms, Labels, Series } from './series.ts';

/** By all series of the selector with these labels together; `id` becomes the answer's metric name. */
export interface TotalWanted {
  readonly id: string;
  readonly selector: Selector;
  readonly labels: ArmMatch;
  readonly windowMs: number;
  /** How long ago the stretch ended; 0: now. */
  readonly agoMs: number;
}

export interface ReadRequest {
  /** Raw series wanted, of both arms. A source may answer more; whoever asked assigns by exact labels. */
  readonly selectors: readonly Selector[];
  /** Levels the source computes, one answer series a label set; `id` becomes the answer's metric name. */
  readonly expressions: readonly { readonly id: string; readonly promql: string }[];
  /** Events counted over stretches of time, each one number; only a source that keeps the past can tell. */
  readonly totals?: readonly TotalWanted[];
  /** Alerts of whoever: whether they fire is told by name and labels alone. */
  readonly alerts?: readonly AlertWanted[];
  readonly arms: Arms;
  /** How far back samples are wanted: at least two scrape intervals. */
  readonly lookbackMs: number;
}

export interface AlertWanted {
  readonly id: string;
  readonly alertname: string;
  /** Labels that it must have, too. */
  readonly labels: Labels;
}

export interface FiringAlert {
  readonly labels: Labels;
  /** Epoch ms; null: nobody says. */
  readonly sinceMs: number | null;
}

export type ReadFailure =
  | 'Unreachable'
  | 'Timeout'
  | 'TooLarge'
  | 'Malformed'
  | 'QueryError'
  | 'Warnings'
  | 'Unauthorized'
  | 'Silent';

/** What an otherwise good answer could not get: these metrics (or ids of expressions) are unknown, not absent. */
export interface PartialFailure {
  readonly metrics: readonly string[];
  readonly reason: ReadFailure;
  readonly message: string;
}

/** One answer of a source, or why there is none. Never thrown: a source's promise does not reject. */
export type Answer =
  | {
      readonly kind: 'series';
      readonly source: string;
      readonly receivedAtMs: number;
      readonly series: readonly Series[];
      /** What fires, by the id it was asked under; absent: it was not answered, so nothing is known of it. */
      readonly alerts?: Readonly<Record<string, readonly FiringAlert[]>>;
      readonly failures?: readonly PartialFailure[];
    }
  | {
      readonly kind: 'failed';
      readonly source: string;
      readonly receivedAtMs: number;
      readonly reason: ReadFailure;
      readonly message: string;
    };

export interface MetricSource {
  readonly name: string;
  /** How often asking makes sense. */
  readonly intervalMs: number;
  /** At how many moments of an interval it is asked: few, so that all who ask at one share its queries. None given: no matter which. */
  readonly moments?: number | undefined;
  read(request: ReadRequest): Promise<Answer>;
}
