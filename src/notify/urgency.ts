/** Who is woken by what: reasons of the decision log that page, and those that only tell. Every other is for the log alone. */
import type { LogEntry } from '../release/log.ts';

/** `page`: somebody must act now. `tell`: a line in a chat. `acknowledge`: a person acted, whoever was paged can rest. */
export type Urgency = 'page' | 'tell' | 'acknowledge';

type Reasons = Readonly<Record<string, Urgency>>;

/** Things noticed, and what became of the release. */
const events: Reasons = {
  RollbackStalled: 'page',
  RollbackDidNotHelp: 'page',
  TrafficContested: 'page',
  InvestigationEscalated: 'page',
  MetricsBlind: 'page',
  TakenBack: 'page',
  LoweredUnrecorded: 'page',
  InvestigationOpened: 'tell',
  WeightRaised: 'tell',
  WeightLowered: 'tell',
  RouteReplaced: 'tell',
  DeadMansSwitch: 'page',
  DataPlaneRestarted: 'tell',
  SightReturned: 'tell',
  Promoted: 'tell',
  Succeeded: 'tell',
  RolledBack: 'tell',
  RollbackVerified: 'tell',
  RollbackUnverified: 'tell',
  Failed: 'tell',
};

/** Holds of the gate that need somebody; other holds are told, and what merely takes its time is not. */
const holds: Reasons = {
  StableNotReady: 'page',
  PromotionStalled: 'page',
  LimitReached: 'page',
  RollbackAwaitsOrder: 'page',
  RollbackForbidden: 'page',
  WouldRollBack: 'page',
  NothingToGoBackTo: 'page',
};

const takesItsTime: ReadonlySet<string> = new Set([
  'StillBaking',
  'StartingInstances',
  'WeightNotApplied',
  'VerifyingShare',
  'Promoting',
  'RollingBack',
  'Watching',
  'Finished',
  'Observing',
]);

const actions: Reasons = {
  ReleaseStarted: 'tell',
  SupersedeOrdered: 'tell',
  ApprovalRevoked: 'tell',
  Paused: 'acknowledge',
  Resumed: 'acknowledge',
  InvestigationAnswered: 'acknowledge',
  InvestigationNoted: 'acknowledge',
  PromoteOrdered: 'acknowledge',
  PromoteFullOrdered: 'acknowledge',
  AbortOrdered: 'acknowledge',
  RollbackApproved: 'acknowledge',
};

/** What a release's history outside is made of: its beginning, and how it went out. */
export const milestones: ReadonlySet<string> = new Set([
  'ReleaseStarted',
  'Promoted',
  'Succeeded',
  'RolledBack',
  'Failed',
]);

/** Null: nobody has to hear of it. */
export const urgencyOf = ({ kind, reason, data }: LogEntry): Urgency | null => {
  switch (kind) {
    case 'event':
      return events[reason] ?? null;
    case 'action':
      return actions[reason] ?? null;
    case 'write':
      return null;
    case 'decision':
      if (data['decision'] !== 'hold') return data['decision'] === 'rollback' ? 'tell' : null;
      return holds[reason] ?? (takesItsTime.has(reason) ? null : 'tell');
  }
};
