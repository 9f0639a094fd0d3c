/** Who backs up what is kept elsewhere, a database say: asked before a backup is taken, and its answer stands in the point. */
import type { Heard, Question } from '../checks/checks.ts';
import type { Ask } from '../checks/desk.ts';
import type { ReadKey } from '../checks/event-http.ts';
import { askHttp } from '../checks/http-ask.ts';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { JobAskSpec } from '../release/check-spec.ts';
import type { HookAskSpec } from '../release/policy-backup.ts';

/** What the backup is for. */
export type BackupAsked = Pick<Question, 'id' | 'release' | 'revision' | 'stableRevision'>;

/** The note of what was kept elsewhere. Fails with `BackupHookFailed`; never rejects. */
export type BackupHook = (asked: BackupAsked, signal: AbortSignal) => Promise<Result<string>>;

export interface BackupHookOptions {
  readonly policy: string;
  readonly namespace: string;
  readonly readKey: ReadKey;
  /** How a Job is run where the policy is served. */
  readonly job: (spec: JobAskSpec) => Ask;
}

/** null: nobody is asked. */
export function backupHook(spec: HookAskSpec | null, options: BackupHookOptions): BackupHook | null {
  if (spec === null) return null;
  const { job, namespace, policy, readKey } = options;
  const ask: Ask = spec.kind === 'job' ? job(spec) : (question, signal) => askHttp(spec, question, { signal, readKey });
  return async (asked, signal) => {
    const question = {
      ...asked,
      policy,
      namespace,
      check: 'backup',
      stage: 'backup',
      weight: 0,
      canary: [],
      stable: [],
    };
    const heard = await ask(question, signal).catch(
      (thrown: unknown): Heard => ({ outcome: 'pending', message: messageOf(thrown), tookMs: null }),
    );
    if (heard.outcome !== 'passed') return failed(problem(heard.message));
    const { answer = '' } = heard;
    return answer === ''
      ? failed(problem(`${heard.message}, and named no backup: let it answer with a name`))
      : ok(noteOf(answer));
  };
}

const noteOf = (answer: string): string => `elsewhere: ${answer}`;

const problem = (message: string): Problem => ({
  reason: 'BackupHookFailed',
  message: `spec.backup.hook, which backs up what is kept elsewhere: ${message}`,
  retryable: true,
});
