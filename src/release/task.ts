/** What a runbook wants after a release, which only people can do: named, and ticked by a result of that name. */
export interface Task {
  readonly name: string;
  readonly what: string;
}

/** The usual runbook's; a policy's own list takes its place. */
export const defaultTasks: readonly Task[] = [
  { name: 'post-mortem', what: 'Post-mortem held, if anything went otherwise than planned' },
  { name: 'playbook', what: 'Playbook brought up to date with what was learnt' },
  { name: 'documentation', what: 'Documentation of users and operators brought up to date' },
  { name: 'training', what: 'Training material brought up to date' },
  { name: 'debrief', what: 'Debrief with the team' },
  { name: 'feature-flags', what: 'Feature flags of this revision reviewed' },
  { name: 'user-reports', what: 'Issues that users report looked through' },
  { name: 'business-sign-off', what: 'Business signs off' },
  { name: 'compliance-sign-off', what: 'Compliance signs off' },
];
