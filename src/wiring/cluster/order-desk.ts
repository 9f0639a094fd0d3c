/**
 * Takes people's orders that come as objects: each once, soon or not at all, and answered in its status.
 *
 *   heard ──► unanswered ──► not expired ──► the API server compares names ──► carried out ──► answered ──► deleted later
 *                              └─ expired, unproven: refused
 */
import type { Subscription } from 'rxjs';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import { type WatchNews, watch } from '../../kube/watch.ts';
import type { Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/message-of.ts';
import { pause } from '../../lib/pause.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { type OrderSpec, type OrderStatus, orderLivesMs } from '../../release/order-object-schema.ts';
import type { Controls } from '../../server/controls.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { answerLost, isKeeping } from './order-keeping.ts';
import { answerIn, answerOrder, beginOrder, type GivenOrder, orderOf, ordersFolder } from './order-object.ts';
import { provenNames } from './order-proof.ts';
import { OrderQueue } from './order-queue.ts';
import { OrderShelf } from './order-shelf.ts';
import { type Done, doneBefore, type Understood, workOrder } from './order-work.ts';

export interface OrderDeskOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  readonly controls: Controls;
  readonly log: Logger;
  readonly relistEveryMs: number;
  /** Told of each order that nothing came of. */
  readonly refused?: (order: OrderSpec, problem: Problem) => void;
}

const againMs = 500;

/** An answer that can't be written for so long is written after the next list. */
const answerWithinMs = 60_000;

export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly #shelf: OrderShelf;
  readonly #watching: Subscription;
  readonly #ending = new AbortController();
  /** Heard of in this term, by UID: an old word of the watch begins nothing anew. */
  readonly #heard = new Set<string>();
  /** UIDs of what lay there when this began; null: nothing was listed yet. */
  #inherited: ReadonlySet<string> | null = null;
  readonly #queue = new OrderQueue();
  /** UIDs of those that only wait. */
  readonly #resting = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  /** By UID: answers that could not be written. */
  readonly #unwritten = new Map<string, OrderStatus>();

  constructor(options: OrderDeskOptions) {
    this.#options = options;
    this.#shelf = new OrderShelf(options);
    const { client, namespace, relistEveryMs } = options;
    const news$ = watch({ client, path: ordersFolder(namespace), relistEveryMs });
    this.#watching = news$.subscribe((news) => this.#hear(news));
  }

  /** Takes no more; what is being carried out is finished. */
  async stop(): Promise<void> {
    this.#watching.unsubscribe();
    this.#ending.abort();
    this.#shelf.close();
    await Promise.all(this.#underWay);
  }

  #hear(news: WatchNews): void {
    if (news.kind === 'troubled') this.#troubled(news.problem, news.failures);
    if (news.kind === 'changed') this.#take(news.object);
    if (news.kind === 'deleted') this.#forget(news.object.metadata.uid);
    if (news.kind === 'listed') this.#listed(news.objects);
    this.#next();
  }

  #listed(objects: readonly KubeObject[]): void {
    const there = new Set(objects.map(({ metadata: { uid } }) => uid));
    this.#inherited ??= there;
    for (const uid of [...this.#heard, ...this.#unwritten.keys()]) if (!there.has(uid)) this.#forget(uid);
    for (const object of objects) this.#take(object);
  }

  #take(object: KubeObject): void {
    const order = orderOf(object);
    const { phase, answeredAt = '' } = answerIn(object);
    if (phase !== undefined) return this.#shelf.put(order, Date.parse(answeredAt));
    if (this.#heard.has(order.uid)) return;
    this.#heard.add(order.uid);
    this.#queue.put(order);
  }

  #forget(uid: string): void {
    this.#heard.delete(uid);
    this.#unwritten.delete(uid);
    this.#shelf.gone(uid);
  }

  #next(): void {
    while (!this.#ending.signal.aborted) {
      const order = this.#queue.next();
      if (order === null) return;
      const work = this.#workOff(order)
        .catch((thrown: unknown) => this.#threw(order, thrown))
        .then(() => {
          this.#underWay.delete(work);
          this.#queue.done(order);
          this.#resting.delete(order.uid);
          this.#next();
        });
      this.#underWay.add(work);
    }
  }

  async #workOff(order: GivenOrder): Promise<void> {
    const known = this.#unwritten.get(order.uid);
    if (known !== undefined) return this.#answer(order, known);
    const worked = await this.#worked(order);
    // Told to stop: the next controller takes it.
    if (worked === null) return;
    const { log } = this.#options;
    if (worked.ok) log.info(about(order), 'order was carried out');
    else {
      log.warn({ ...about(order), ...worked.error }, 'order is refused');
      if (order.spec !== null) this.#options.refused?.(order.spec, worked.error);
    }
    await this.#answer(order, this.#statusOf(worked));
  }

  async #answer(order: GivenOrder, status: OrderStatus): Promise<void> {
    const { clock, log, namespace } = this.#options;
    this.#unwritten.set(order.uid, status);
    for (const fromMs = clock.monotonicMs(); ; await pause(againMs, this.#ending.signal)) {
      const told = await answerOrder(this.#options, order, status);
      if (told.ok) return void this.#unwritten.delete(order.uid);
      if (told.error.retryable && !this.#ending.signal.aborted && clock.monotonicMs() - fromMs < answerWithinMs)
        continue;
      this.#heard.delete(order.uid);
      return log.warn({ ...about(order), namespace, ...told.error }, 'order could not be answered');
    }
  }

  /** Tried again, as long as the order lives, where that may help; null: told to stop before. */
  async #worked(order: GivenOrder): Promise<Result<Done> | null> {
    const { clock, client, controls, namespace } = this.#options;
    const { spec, startedAt, uid } = order;
    if (spec === null) return failed(strange(order));
    for (let last: Problem | null = null; ; await pause(againMs, this.#ending.signal)) {
      const givenAtMs = order.createdAtMs - client.aheadMs;
      const isInherited = this.#inherited?.has(uid) === true;
      const given = { uid, spec, startedAt, givenAtMs, orderedAtMs: order.createdAtMs, isInherited };
      const understood = { ...given, waits: () => this.#rests(order) };
      const ageMs = clock.wallMs() - givenAtMs;
      if (!(ageMs <= orderLivesMs)) return last === null ? this.#late(order, understood) : failed(last);
      if (this.#ending.signal.aborted) return null;
      const proven = await provenNames(this.#options, spec);
      if (proven.ok && last === null) await this.#begin(order);
      const worked = proven.ok ? await workOrder(controls, understood) : proven;
      if (worked.ok || !worked.error.retryable) return worked;
      if (this.#resting.has(uid)) return this.#afterRest(worked);
      last = {
        ...worked.error,
        message: `${worked.error.message} (tried for ${orderLivesMs / 1_000} s in ${namespace})`,
      };
    }
  }

  /** What waited has its effect already: given again here, it would undo what was ordered meanwhile; what stopped it is followed by one that knows. */
  #afterRest(worked: Result<Done>): Result<Done> | null {
    return this.#ending.signal.aborted ? null : worked;
  }

  #rests(order: GivenOrder): void {
    this.#resting.add(order.uid);
    this.#queue.rest(order);
    this.#next();
  }

  async #begin(order: GivenOrder): Promise<void> {
    if (order.spec === null || !isKeeping(order.spec)) return;
    const startedAt = new Date(this.#options.clock.wallMs()).toISOString();
    const told = await beginOrder(this.#options, order, startedAt);
    if (!told.ok)
      this.#options.log.warn({ ...about(order), ...told.error }, 'that an order was begun could not be told');
  }

  async #late({ createdAtMs }: GivenOrder, order: Understood): Promise<Result<Done>> {
    const { client, clock, controls } = this.#options;
    const before = await doneBefore(controls, order);
    if (!before.ok && before.error.retryable) return failed(unknown(before.error));
    // Something was done, and what came of it nobody knows: that is another answer than that nothing was.
    if (!before.ok && before.error.reason === answerLost) return before;
    if (before.ok && before.value !== null) return ok(before.value);
    return failed(expired(createdAtMs, clock.wallMs() + client.aheadMs));
  }

  #statusOf(worked: Result<Done>): OrderStatus {
    const answeredAt = new Date(this.#options.clock.wallMs()).toISOString();
    if (!worked.ok) {
      const { reason, message } = worked.error;
      return { phase: 'Refused', reason, message, answeredAt };
    }
    const { release, report } = worked.value;
    const after = { ...(release === null ? {} : { release: release.id }), ...(report === undefined ? {} : { report }) };
    return { phase: 'Accepted', reason: 'Done', message: 'it was carried out', answeredAt, ...after };
  }

  #threw({ name }: GivenOrder, thrown: unknown): void {
    this.#options.log.error({ order: name, thrown: messageOf(thrown) }, 'an order failed: this is a defect');
  }

  #troubled(problem: KubeProblem, failures: number): void {
    if (failures === 1 && !problem.retryable)
      this.#options.log.warn(
        { ...problem },
        'orders that come as objects are not heard: apply what `sluice crds` prints, and the role of this version',
      );
  }
}

const about = ({ name, spec }: GivenOrder) => ({ order: name, user: spec?.user, action: spec?.action });

const strange = ({ name }: GivenOrder): Problem => ({
  reason: 'Invalid',
  message: `${name} is not as this version's ReleaseOrder is: apply what \`sluice crds\` prints`,
  retryable: false,
});

const expired = (givenAtMs: number, nowMs: number): Problem => ({
  reason: 'Expired',
  message: `nothing was done: no controller took it within ${orderLivesMs / 1_000} s; by the API server's clock it was given at ${timeAt(givenAtMs)}, and it is ${timeAt(nowMs)} now; look again, and give it anew`,
  retryable: false,
});

const unknown = ({ message }: Problem): Problem => ({
  reason: 'Unavailable',
  message: `it is too late to carry it out, and it can't be read whether it was (${message}): look at the release`,
  retryable: false,
});

const timeAt = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : 'an unknown time');
