/** Another revision of what a policy's target is: the same hosts and commands, with another artefact and environment. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';
import type { Policy } from './policy.ts';

export interface PolicyVariant {
  readonly kind: 'asPolicy';
  /** Null: the revision's name says it. */
  readonly artefact: string | null;
  /** Besides the target's own. */
  readonly env: Readonly<Record<string, string>>;
}

/** What it needs to know of a policy, wherever that was read. */
interface Varied extends Pick<Policy, 'name'> {
  readonly target: { readonly spec: RevisionSpec };
}

/** Fails with `Invalid` where the policy's target is nothing that can be varied. */
export function specOf({ name, target }: Varied, asked: RevisionSpec | PolicyVariant): Result<RevisionSpec> {
  if (target.spec.kind === 'pods') {
    const message = `policy ${name} delivers what its Deployment asks for: change that (kubectl set image ...), and the release begins by itself`;
    return failed({ reason: 'Invalid', message, retryable: false });
  }
  if (asked.kind !== 'asPolicy') return ok(asked);
  if (target.spec.kind === 'hosts')
    return ok({ ...target.spec, artefact: asked.artefact, env: { ...target.spec.env, ...asked.env } });
  const message = `policy ${name} names no hosts and commands that a new revision could be put on: give spec a command or endpoints`;
  return failed({ reason: 'Invalid', message, retryable: false });
}
