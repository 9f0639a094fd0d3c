/** All that the page shows, in one value that is never changed but replaced. */
import type { LogEntry } from '../release/log.ts';
import type { ReleaseChart } from '../report/chart/release-chart.ts';
import type { PolicySummary } from '../report/policy-summary.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { Connection } from './freshness.ts';

/** Who asks, and what they may do. */
export interface Me {
  readonly who: string;
  readonly groups?: readonly string[];
  readonly rights: readonly ('read' | 'act')[];
  /** Why they may not act; null: they may. */
  readonly why: string | null;
}

export interface State {
  readonly connection: Connection;
  /** The server wants a token, and has not got the right one. */
  readonly wantsToken: boolean;
  readonly me: Me | null;
  /** By id; null: not read yet. */
  readonly releases: ReadonlyMap<string, ReleaseView> | null;
  readonly policies: readonly PolicySummary[];
  /** Of the release that is looked at. */
  readonly log: readonly LogEntry[];
  readonly chart: ReleaseChart | null;
  /** The controller's clock before this browser's, ms. */
  readonly aheadMs: number;
  /** Why something could not be read; null: all could. */
  readonly problem: string | null;
}

export const initialState: State = {
  connection: { state: 'connecting', heardAtMs: null, problem: null },
  wantsToken: false,
  me: null,
  releases: null,
  policies: [],
  log: [],
  chart: null,
  aheadMs: 0,
  problem: null,
};
