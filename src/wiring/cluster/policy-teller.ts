/**
 * Writes what a ReleasePolicy says of itself, one write at a time, and nothing that is to be decided waits for it: an API server that
 * does not answer would hide a newer revision for as long.
 */
import { fencedStatus, outrunBy } from '../../kube/fenced-status.ts';
import type { KubeObject } from '../../kube/object.ts';
import { messageOf } from '../../lib/message-of.ts';
import { failed, ok, type Problem } from '../../lib/result.ts';
import type { PolicyHealth } from '../../release/policy-conditions.ts';
import type { Store } from '../../release/store.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { policiesFolder } from './policies-folder.ts';
import { toldHealth } from './policy-object.ts';
import { Repeats } from './repeats.ts';

export interface Tale {
  readonly object: KubeObject;
  /** The revision that was answered last; null: not known. */
  readonly asked: string | null;
  readonly health: Omit<PolicyHealth, 'generation'>;
}

type Stage = Pick<ClusterScene, 'client' | 'clock' | 'log' | 'namespace' | 'view'> & {
  readonly store: Pick<Store, 'epoch'>;
};

export class PolicyTeller {
  readonly #scene: Stage;
  readonly #again: () => void;
  #underWay: Promise<void> | null = null;
  #isTold = true;
  /** Somebody had something to tell while a write was under way. */
  #isOutdated = false;
  #isFenced = false;
  readonly #repeats = new Repeats();

  /** `again`: what there is to tell has to be looked at once more. */
  constructor(scene: Stage, again: () => void) {
    this.#scene = scene;
    this.#again = again;
  }

  /** Whether the write before went well. */
  get isTold(): boolean {
    return this.#isTold;
  }

  tell(tale: Tale): void {
    this.#isOutdated = this.#underWay !== null;
    if (this.#underWay !== null) return;
    // A later controller tells it now: that is said once.
    if (this.#isFenced && outrunBy(tale.object, this.#scene.store.epoch) !== null) return;
    this.#underWay = this.#write(tale).then((isTold) => {
      this.#underWay = null;
      // One that failed again is tried again in time, not at once.
      const isNews = this.#isOutdated || this.#isTold !== isTold;
      this.#isTold = isTold;
      if (isNews) this.#again();
    });
  }

  /** When what is under way is over. */
  async settled(): Promise<void> {
    await this.#underWay;
  }

  async #write({ asked, health, object }: Tale): Promise<boolean> {
    const { client, clock, log, namespace, store, view } = this.#scene;
    const { generation = 0, name } = object.metadata;
    const path = `${policiesFolder(namespace)}/${name}`;
    const telling = { asked, health: { ...health, generation }, nowMs: clock.wallMs() };
    const text = JSON.stringify([asked, telling.health]);
    const last = { isNews: false };
    const decide = (now: KubeObject) => {
      const fields = toldHealth(now, telling);
      last.isNews = fields !== null;
      return last.isNews && !this.#repeats.mayWrite(text, clock.monotonicMs()) ? failed(contested(name)) : ok(fields);
    };
    try {
      const told = await fencedStatus(client, { path, object, epoch: store.epoch, decide });
      if (told.ok) view.learn(policiesFolder(namespace), told.value);
      if (told.ok && last.isNews) this.#repeats.wrote(text, clock.monotonicMs());
      if (!told.ok) this.#refused(name, told.error);
      return told.ok;
    } catch (thrown) {
      log.error({ policy: name, thrown: messageOf(thrown) }, 'the status of a policy is not told: this is a defect');
      return false;
    }
  }

  #refused(policy: string, problem: Problem): void {
    this.#isFenced = problem.reason === 'Fenced';
    if (problem.reason === 'NotFound' || problem.reason === contestedReason) return;
    this.#scene.log.warn({ policy, ...problem }, 'status is not told');
  }
}

const contestedReason = 'StatusContested';

const contested = (name: string): Problem => ({
  reason: contestedReason,
  message: `somebody else writes another status into ReleasePolicy ${name}: it is written again a little later`,
  retryable: true,
});
