/** Asks the API server once whether the controller may do what a policy needs, before it takes anything over that it could not look after. */
import type { KubeClient } from '../../kube/client.ts';
import { type Right, rightsMissing } from '../../kube/rights.ts';
import type { Problem } from '../../lib/result.ts';
import type { ClusterPolicy } from '../../release/policy-cluster-parse.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { neededRights } from './needed-rights.ts';

interface SelfCheckOptions {
  readonly client: Pick<KubeClient, 'review'>;
  readonly namespace: string;
  readonly log: Logger;
}

/** What is missing is asked for again so often. */
const againMs = 10_000;

interface Answer {
  readonly problem: Problem | null;
  /** Monotonic. */
  readonly atMs: number;
}

export class SelfCheck {
  readonly #options: SelfCheckOptions;
  /** By the rights asked for. */
  readonly #answers = new Map<string, Promise<Answer>>();

  constructor(options: SelfCheckOptions) {
    this.#options = options;
  }

  /** `RightsMissing`; null: nothing is, or it can't be told, and then each refusal will say so. */
  async objection(policy: Pick<ClusterPolicy, 'backup' | 'checks' | 'mode' | 'traffic'>): Promise<Problem | null> {
    const rights = neededRights(policy);
    const key = JSON.stringify(rights);
    const known = await this.#answers.get(key);
    if (known !== undefined && (known.problem === null || performance.now() - known.atMs < againMs))
      return known.problem;
    const asked = this.#ask(rights);
    this.#answers.set(key, asked);
    return (await asked).problem;
  }

  async #ask(rights: readonly Right[]): Promise<Answer> {
    const { client, log, namespace } = this.#options;
    const missing = await rightsMissing(client, { namespace, rights });
    const atMs = performance.now();
    if (!missing.ok) log.warn({ namespace, ...missing.error }, 'rights can not be checked');
    if (!missing.ok || missing.value.length === 0) return { problem: null, atMs };
    const problem = lacking(namespace, missing.value);
    log.error({ namespace, ...problem }, 'rights are missing');
    return { problem, atMs };
  }
}

function lacking(namespace: string, missing: readonly Right[]): Problem {
  const kinds = new Map<string, readonly string[]>();
  for (const { group, resource, verb } of missing) {
    const kind = group === '' ? resource : `${resource}.${group}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), verb]);
  }
  const words = [...kinds].map(([kind, verbs]) => `${verbs.join(', ')} ${kind}`).join('; ');
  return {
    reason: 'RightsMissing',
    message: `the controller's account may not, in namespace ${namespace}: ${words}. Grant it what the Role in deploy/install has; until then nothing new is taken over`,
    retryable: true,
  };
}
