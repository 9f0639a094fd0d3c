/** Tells the trail what no release's log has: results, policies and rules that are taken on. Returns at once; what can't be kept is said in the log. */
import type { Clock } from '../lib/clock.ts';
import { contentHash } from '../lib/content-hash.ts';
import { messageOf } from '../lib/message-of.ts';
import type { Problem } from '../lib/result.ts';
import type { Adoption } from '../release/adoption.ts';
import type { Attestation } from '../release/attestation.ts';
import type { Policy } from '../release/policy.ts';
import { controllerItself, type Recorded, type Trail } from '../release/trail.ts';
import type { RulesFileEvent } from '../rules/file.ts';
import type { Logger } from '../telemetry/logger.ts';
import { adoptionEntry, attestationEntry } from './policy-entries.ts';

export interface TrailKeeper {
  attested(policy: string, given: Attestation): void;
  /** Somebody said which revision is stable. */
  adopted(policy: string, given: Adoption): void;
  /** Policies as they were read at the start: said where one differs from what was said last. */
  accepted(policies: readonly Policy[]): void;
  rulesRead(policy: string, event: RulesFileEvent): void;
  /** Somebody ordered it, and nothing was done. */
  refused(order: RefusedOrder): void;
  /** As a cluster has it: said where it differs from what was said last. */
  policyTaken(policy: string, taken: TakenPolicy): void;
}

export interface TakenPolicy {
  readonly hash: string;
  readonly generation: number;
  /** Manager that wrote it last, as the API server keeps it. */
  readonly by: string;
}

export interface RefusedOrder {
  readonly policy: string;
  readonly revision: string | null;
  readonly who: string;
  readonly action: string;
  /** That was given with it. */
  readonly why: string;
  readonly problem: Problem;
}

interface Around {
  readonly trail: Trail;
  readonly clock: Clock;
  readonly log: Logger;
}

type Said = Pick<Recorded, 'data' | 'message' | 'policy' | 'what'> & Partial<Recorded>;
type Changed = Said & { readonly data: { readonly hash: string } };

export function keepTrail({ trail, clock, log }: Around): TrailKeeper {
  const write = async (said: Said): Promise<void> => {
    const entry: Recorded = { atMs: clock.wallMs(), who: controllerItself, revision: null, why: '', ...said };
    log.info({ ...entry }, 'trail');
    const kept = await trail.record(entry);
    if (!kept.ok) log.warn({ ...kept.error, policy: entry.policy, what: entry.what }, 'entry is not in the trail');
  };
  /** Only what differs from the last of its kind. */
  const writeChange = async (said: Changed): Promise<void> => {
    const { data, policy, what } = said;
    const last = await trail.trail({ policy, what, limit: 1 });
    if (last.ok && last.value[0]?.data['hash'] === data.hash) return;
    await write(said);
  };
  // A store whose objects somebody has edited may throw: no entry is worth the controller.
  const noted = (thrown: unknown): void =>
    log.error({ thrown: messageOf(thrown) }, 'entry is not in the trail: this is a defect');
  const record = (said: Said): void => void write(said).catch(noted);
  const recordChange = (said: Changed): void => void writeChange(said).catch(noted);
  return {
    attested: (policy, given) => record(attestationEntry(policy, given)),
    adopted: (policy, given) => record(adoptionEntry(policy, given)),
    accepted: (policies) => {
      for (const { file, ...policy } of policies) {
        const hash = contentHash(JSON.parse(JSON.stringify(policy)));
        const message = `policy ${policy.name} of ${file} is taken on as ${hash}`;
        recordChange({ policy: policy.name, what: 'PolicyAccepted', message, data: { hash, file } });
      }
    },
    refused: (order) => record(refusal(order)),
    policyTaken: (policy, taken) =>
      recordChange({ policy, what: 'PolicyAccepted', message: takenText(policy, taken), data: { ...taken } }),
    rulesRead: (policy, event) => {
      if (event.kind !== 'loaded') return;
      const { file, hash } = event.set;
      const message = `rules of ${file} are taken on as ${hash}: the next release is judged by them`;
      recordChange({ policy, what: 'RulesAdopted', message, data: { hash, file } });
    },
  };
}

const refusal = ({ action, policy, problem, revision, who, why }: RefusedOrder): Said => ({
  ...{ policy, revision, who, why, what: 'OrderRefused' },
  message: `${who}: ${action} is refused: ${problem.message}`,
  data: { action, reason: problem.reason },
});

const takenText = (policy: string, { by, generation, hash }: TakenPolicy): string =>
  `policy ${policy} is taken on as ${hash}, generation ${generation}, last written by ${by}`;
