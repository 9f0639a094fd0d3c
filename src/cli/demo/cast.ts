/** Everybody who takes part in the demo's story, and the end that it must heed. */
import type { DemoOptions } from './demo-options.ts';
import type { FaultBoard } from './fault-board.ts';
import type { Load } from './load.ts';
import type { Stage } from './stage.ts';
import type { Witness } from './witness.ts';

export interface Cast {
  readonly stage: Stage;
  readonly witness: Witness;
  readonly load: Load;
  readonly faults: FaultBoard;
  readonly options: DemoOptions;
  /** Time is up, or somebody wants to leave. */
  readonly signal: AbortSignal;
  /** Begins an act; its title stays on the screen. */
  readonly act: (title: string) => void;
  /** Says what happens now. */
  readonly tell: (note: string) => void;
}

/** The revision that must be promoted. */
export const healthy = 'v2';
/** The one that must be taken back. */
export const faulty = 'v3';
