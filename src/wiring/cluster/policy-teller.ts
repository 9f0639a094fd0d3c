/**
 * Writes what a ReleasePolicy says of itself, one write at a time, and nothing that is to be decided waits for it: an API server that
 * does not answer would hide a newer revision for as long.
 */
import type { KubeObject } from '../../kube/object.ts';
import { messageOf } from '../../lib/message-of.ts';
import type { PolicyHealth } from '../../release/policy-conditions.ts';
import { type ClusterScene, policiesFolder } from './cluster-scene.ts';
import { tellHealth } from './policy-object.ts';

export interface Tale {
  readonly object: KubeObject;
  /** The revision that was answered last; null: not known. */
  readonly asked: string | null;
  readonly health: Omit<PolicyHealth, 'generation'>;
}

type Stage = Pick<ClusterScene, 'client' | 'clock' | 'log' | 'namespace' | 'view'>;

export class PolicyTeller {
  readonly #scene: Stage;
  readonly #again: () => void;
  #underWay: Promise<void> | null = null;
  #isTold = true;
  /** Somebody had something to tell while a write was under way. */
  #isOutdated = false;

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
    const { client, clock, log, namespace, view } = this.#scene;
    const { generation = 0, name } = object.metadata;
    const path = `${policiesFolder(namespace)}/${name}`;
    try {
      const telling = { path, object, asked, nowMs: clock.wallMs() };
      const told = await tellHealth(client, telling, { ...health, generation });
      if (told.ok && told.value !== null) view.learn(policiesFolder(namespace), told.value);
      if (!told.ok && told.error.reason !== 'NotFound') log.warn({ policy: name, ...told.error }, 'status is not told');
      return told.ok;
    } catch (thrown) {
      log.error({ policy: name, thrown: messageOf(thrown) }, 'the status of a policy is not told: this is a defect');
      return false;
    }
  }
}
