/**
 * Which phase follows which: a total table, so that an event where it cannot happen changes nothing.
 *
 *   preparing ──advance──► shifting ──verified──► baking ──promote──► promoting ──promoted──► watching ──watched──► succeeded
 *       │                   ▲  │ ▲                 │  │                   │                      │
 *       │                   │  │ └─advance, lost───┘  │                   │                      │
 *       │                   └──┘ lost, restart        │                   │                      │
 *       └───────rollback───────┴──────────────────────┴─────────┬─────────┴──────────────────────┘
 *                                                               ▼
 *                               failed ◄──withdrawn── rollingBack ──emptied──► rolledBack
 *
 * A first deployment has no stable to share traffic with: it goes from preparing to promoting (`promote`) without a step. What is only
 * observed stays in preparing, whoever drives it, until they have made it stable (`driven`) or it goes back.
 */
import type { Cause, Phase, PhaseName, Release, Verification } from './release.ts';

export type Event =
  /** The gate lets the weight rise to the next step's. */
  | { readonly kind: 'advance' }
  /** The step's weight was seen in the traffic. */
  | { readonly kind: 'verified'; readonly verified: Verification }
  /** The data plane lost its weights: the share must be verified anew. */
  | { readonly kind: 'lost' }
  /** Another object took the route's place: the steps begin anew. */
  | { readonly kind: 'restart' }
  /** The gate makes the revision stable. */
  | { readonly kind: 'promote' }
  /** Stable's backend serves the new revision, and the canary's nothing. */
  | { readonly kind: 'promoted' }
  /** The watch is over and the old revision scaled down. */
  | { readonly kind: 'watched'; readonly atMs: number }
  | { readonly kind: 'rollback'; readonly cause: Cause }
  /** Everything is back on stable, the canary drained and gone. */
  | { readonly kind: 'emptied'; readonly atMs: number }
  /** The same for a release that nothing was found against, or that never had traffic. */
  | { readonly kind: 'withdrawn'; readonly atMs: number }
  /** Whoever drives a rollout that is only observed has made it stable. */
  | { readonly kind: 'driven'; readonly atMs: number };

export type EventName = Event['kind'];

type Row = Readonly<Record<EventName, PhaseName | null>>;

const nothing: Row = {
  advance: null,
  verified: null,
  lost: null,
  restart: null,
  promote: null,
  promoted: null,
  watched: null,
  rollback: null,
  emptied: null,
  withdrawn: null,
  driven: null,
};

/** Null: the event means nothing there. `nothing` names every event, so a new one has to be thought through here. */
export const transitions: Readonly<Record<PhaseName, Row>> = {
  preparing: {
    ...nothing,
    advance: 'shifting',
    promote: 'promoting',
    rollback: 'rollingBack',
    driven: 'succeeded',
  },
  shifting: { ...nothing, verified: 'baking', lost: 'shifting', restart: 'shifting', rollback: 'rollingBack' },
  baking: {
    ...nothing,
    advance: 'shifting',
    lost: 'shifting',
    restart: 'shifting',
    promote: 'promoting',
    rollback: 'rollingBack',
  },
  promoting: { ...nothing, restart: 'shifting', promoted: 'watching', rollback: 'rollingBack' },
  watching: { ...nothing, watched: 'succeeded', rollback: 'rollingBack' },
  rollingBack: { ...nothing, emptied: 'rolledBack', withdrawn: 'failed' },
  succeeded: nothing,
  rolledBack: nothing,
  failed: nothing,
};

/** The phase that the event leads to, with its fields; null: the event means nothing in the present phase. */
export function transition(release: Release, event: Event): Phase | null {
  return transitions[release.phase.phase][event.kind] === null ? null : entered(release, event);
}

function entered(release: Release, event: Event): Phase {
  const { phase } = release;
  const step = 'step' in phase ? phase.step : -1;
  switch (event.kind) {
    case 'advance':
      return { phase: 'shifting', step: step + 1, waitedMs: 0, spentMs: 0, bakedMs: 0 };
    case 'verified':
      return { phase: 'baking', step, bakedMs: bakedIn(phase), verified: event.verified };
    case 'lost':
      return { phase: 'shifting', step, waitedMs: 0, spentMs: 0, bakedMs: bakedIn(phase) };
    case 'restart':
      return { phase: 'shifting', step: 0, waitedMs: 0, spentMs: 0, bakedMs: 0 };
    case 'promote':
      return { phase: 'promoting', spentMs: 0 };
    case 'promoted':
      return { phase: 'watching', watchedMs: 0 };
    case 'watched':
    case 'driven':
      return { phase: 'succeeded', endedAtMs: event.atMs };
    case 'rollback':
      return takenBack(release, event.cause);
    case 'emptied':
      return {
        phase: 'rolledBack',
        cause: causeOf(release),
        endedAtMs: event.atMs,
        zeroAtMs: zeroOf(phase) ?? event.atMs,
        emptyAtMs: phase.phase === 'rollingBack' ? phase.emptyAtMs : null,
      };
    case 'withdrawn':
      return { phase: 'failed', cause: causeOf(release), endedAtMs: event.atMs };
  }
}

const bakedIn = (phase: Phase): number => ('bakedMs' in phase ? phase.bakedMs : 0);

const zeroOf = (phase: Phase): number | null => ('zeroAtMs' in phase ? phase.zeroAtMs : null);

const unexplained: Cause = { reason: 'Unknown', message: 'no cause was recorded', rule: null, atMs: 0, data: {} };

const causeOf = ({ phase, latch }: Release): Cause => ('cause' in phase ? phase.cause : (latch ?? unexplained));

/** What was promoted is undone, too: the revision before becomes stable again. */
const takenBack = ({ phase, weight }: Release, cause: Cause): Phase => ({
  phase: 'rollingBack',
  cause,
  from: Math.max(weight.applied ?? 0, weight.desired),
  undo: phase.phase === 'promoting' || phase.phase === 'watching',
  spentMs: 0,
  zeroAtMs: null,
  drainedMs: 0,
  emptyAtMs: null,
});
