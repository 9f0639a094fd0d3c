/**
 * Has a Kubernetes Job answer a question.
 *
 *   Job of the question's name there? ──no──► made from the CronJob ──► looked at each second ──► done | failed | at its deadline
 *             └──yes: an earlier controller made it──────────────────────────┘                └──► not wanted any more: deleted
 *
 * The cluster ends what is late, and the Job stays: whoever asks the same again reads the same answer, and nothing runs twice.
 */
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { pause } from '../lib/pause.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { JobAskSpec } from '../release/check-spec.ts';
import { span } from '../verdict/words.ts';
import type { Heard, Question } from './checks.ts';
import { type Ask, notWanted } from './desk.ts';
import { jobName, jobOf, nameBefore, ownerPath, questionNote } from './job-object-kubernetes.ts';
import { endOf, type Words, wordsOf } from './job-seen-kubernetes.ts';

export interface JobPlace {
  readonly client: KubeClient;
  /** Of the policy: Jobs run nowhere else. */
  readonly namespace: string;
}

const lookEveryMs = 1_000;

/** The cluster takes the pods away with a late Job: their words are read so long before. */
const lastWordsMs = 3_000;

/** An API server that is away for so long beyond the Job's own time has lost the answer; a Job that still has no end never began. */
const spareMs = 60_000;

export const kubernetesJob =
  (place: JobPlace) =>
  (spec: JobAskSpec): Ask =>
  (question, signal) =>
    new JobRun(place, spec, question).answer(signal);

class JobRun {
  readonly #place: JobPlace;
  readonly #spec: JobAskSpec;
  readonly #question: Question;
  readonly #name: string;
  readonly #folder: string;
  readonly #begunMs = performance.now();
  /** Seen, or made: one that is gone then was deleted by somebody. */
  #isKnown = false;
  #lastWords: Words | null = null;

  constructor(place: JobPlace, spec: JobAskSpec, question: Question) {
    this.#place = place;
    this.#spec = spec;
    this.#question = question;
    this.#name = jobName(question);
    this.#folder = `/apis/batch/v1/namespaces/${place.namespace}/jobs`;
  }

  /** Never rejects. A controller that ends leaves the Job to the next one. */
  async answer(signal: AbortSignal): Promise<Heard> {
    while (!signal.aborted) {
      const looked = await this.#look();
      if (looked.ok && looked.value !== null) return looked.value;
      if (!looked.ok) {
        if (!looked.error.retryable) return this.#heard('pending', refusal(this.#name, looked.error));
        if (this.#leftMs() < -spareMs)
          return this.#heard('pending', `nothing is known of Job ${this.#name}: ${looked.error.message}`);
      }
      await pause(lookEveryMs, signal);
    }
    if (this.#isKnown && signal.reason === notWanted) await this.#end();
    return this.#heard('pending', 'it was given up');
  }

  /** null: it runs. */
  async #look(): Promise<Result<Heard | null, KubeProblem>> {
    const read = await this.#place.client.get(`${this.#folder}/${this.#name}`);
    if (!read.ok && read.error.reason === 'NotFound')
      return this.#isKnown ? ok(this.#heard('failed', `Job ${this.#name} was deleted while it ran`)) : this.#make();
    if (!read.ok) return read;
    if (read.value.metadata.annotations?.[questionNote] !== this.#question.id)
      return ok(this.#heard('pending', `there is a Job ${this.#name} of somebody else: rename or delete that one`));
    this.#isKnown = true;
    const end = endOf(read.value);
    if (end === null && this.#leftMs() > lastWordsMs) return ok(null);
    const words = await this.#words(read.value);
    if (end !== null) {
      const answer = end.outcome === 'passed' ? { answer: words.said || `Job ${this.#name}` } : {};
      return ok({ ...this.#heard(end.outcome, this.#said(end.why, words)), tookMs: end.tookMs, ...answer });
    }
    if (this.#leftMs() > -spareMs) return ok(null);
    await this.#end();
    return ok(this.#heard('failed', this.#said(`no result within ${span(this.#spec.timeoutMs)}`, words)));
  }

  #leftMs(): number {
    return this.#spec.timeoutMs - (performance.now() - this.#begunMs);
  }

  /** Those of before where its pods are gone by now. */
  async #words(job: KubeObject): Promise<Words> {
    const words = await wordsOf(this.#place.client, this.#place.namespace, job);
    if (words.said !== '') this.#lastWords = words;
    return this.#lastWords ?? words;
  }

  async #make(): Promise<Result<null | Heard, KubeProblem>> {
    const { client, namespace } = this.#place;
    const { cronJob } = this.#spec;
    const [from, owner] = await Promise.all([
      client.get(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${cronJob}`),
      client.get(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/${ownerPath(this.#question)}`),
    ]);
    if (!from.ok)
      return from.error.reason === 'NotFound'
        ? ok(this.#heard('pending', `there is no CronJob ${cronJob} in namespace ${namespace}: apply it, suspended`))
        : from;
    if (!owner.ok) return owner;
    const making = { question: this.#question, spec: this.#spec, ownerUid: owner.value.metadata.uid };
    const job = jobOf(from.value, making);
    if (!job.ok) return ok(this.#heard('pending', job.error));
    await this.#clearBefore();
    return this.#made(await client.create(this.#folder, job.value));
  }

  /** Whoever was first made it; a write of unknown outcome is found out at the next look. */
  #made(made: Result<KubeObject, KubeProblem>): Result<null, KubeProblem> {
    if (made.ok) this.#isKnown = true;
    return made.ok || made.error.reason === 'AlreadyExists' ? ok(null) : failed(made.error);
  }

  async #clearBefore(): Promise<void> {
    const before = nameBefore(this.#question);
    if (before !== null) await this.#delete(before);
  }

  #end(): Promise<unknown> {
    return this.#delete(this.#name);
  }

  /** What is not deleted ends at its own deadline, and is cleared away by the cluster. */
  #delete(name: string): Promise<unknown> {
    return this.#place.client.delete(`${this.#folder}/${name}`, { propagationPolicy: 'Background' });
  }

  #said(why: string, { said, state }: Words): string {
    const head =
      why === '' ? `Job ${this.#name} is done` : `Job ${this.#name}: ${[why, state].filter((part) => part).join('; ')}`;
    return said === '' ? head : `${head}; it said: ${said}`;
  }

  #heard(outcome: Heard['outcome'], message: string): Heard {
    return { outcome, message, tookMs: this.#isKnown ? performance.now() - this.#begunMs : null };
  }
}

const refusal = (name: string, { message, reason }: KubeProblem): string =>
  reason === 'Forbidden'
    ? `the controller's role lets it run no Jobs (checks.jobs of the chart): ${message}`
    : `Job ${name} can't be asked: ${message}`;
