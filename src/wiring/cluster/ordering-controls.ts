/**
 * People's orders without a way to the controller: each is an object, written as whoever gives it, and its answer is waited for there.
 *
 *   who am I ──► ReleaseOrder made (the API server compares the name, and asks for the right) ──► answered? ──► the release after it
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { RollbackPoint } from '../../backup/snapshots.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import { pause } from '../../lib/pause.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { AdoptRequest } from '../../release/adoption.ts';
import { type OrderSpec, type OrderStatus, orderLivesMs } from '../../release/order-object-schema.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { RestoreReport } from '../../report/restore-report.ts';
import type {
  AttestRequest,
  BackupRequest,
  ReleaseAction,
  RestoreRequest,
  StartRequest,
} from '../../server/controls.ts';
import { answerIn, orderBody, ordersFolder } from './order-object.ts';
import { gone, lost, nameless, noPoint, notThere, refusal, refused, unheard } from './order-problems.ts';
import { readPoints, readRestore } from './order-report.ts';
import { ReadingControls, type ReadingOptions } from './reading-controls.ts';
import { saysMore } from './start-asked.ts';

export interface OrderingOptions extends ReadingOptions {
  /** Told once, of an order that is not answered soon. */
  readonly waits: (text: string) => void;
}

/** Besides the life of an order: its answer comes a little later. */
const graceMs = 10_000;

/** Once somebody is at it: whoever waits for a backup's hook, or for the checks after a restore. */
const longestWorkMs = 1_140_000;

const lookEveryMs = 250;

/** Whoever is tired of it ends the program. */
const never = new AbortController().signal;

const soonMs = 3_000;
const madeAttempts = 3;

/** What is said of the order; who gives it is the API server's to say. */
type Told = Omit<OrderSpec, 'user' | 'groups'>;

interface Given {
  readonly object: KubeObject;
  readonly status: OrderStatus;
}

const selfReview = z.looseObject({
  status: z.looseObject({
    userInfo: z.looseObject({ username: z.string().min(1), groups: z.array(z.string()).default([]) }),
  }),
});

export class OrderingControls extends ReadingControls {
  readonly #options: OrderingOptions;

  constructor(options: OrderingOptions) {
    super(options);
    this.#options = options;
  }

  override async act(id: string, action: ReleaseAction): Promise<Result<Release>> {
    const found = await this.release(id);
    if (!found.ok) return found;
    if (found.value === null) return failed(gone(id));
    const { policy, revision } = found.value;
    const given = await this.#give({ policy, revision, release: id, ...wordsOf(action) });
    if (!given.ok) return given;
    const after = await this.release(given.value.status.release ?? id);
    if (!after.ok || after.value !== null) return after as Result<Release>;
    return failed(gone(id));
  }

  override async attest(policy: string, { name, outcome, reason, revision, values, digests }: AttestRequest) {
    const posted = {
      name,
      outcome,
      reason,
      revision,
      values,
      ...(digests === undefined ? {} : { digests: [...digests] }),
    };
    const given = await this.#give({ action: 'attest', policy, ...posted });
    if (!given.ok) return given;
    const { object, status } = given.value;
    const { user } = object['spec'] as OrderSpec;
    const atMs = Date.parse(status.answeredAt ?? '');
    return ok({ ...posted, who: user, caller: user, atMs });
  }

  override async setStable(policy: string, { reason, revision }: AdoptRequest): Promise<Result<PolicyState>> {
    const given = await this.#give({ action: 'set-stable', policy, revision, reason });
    if (!given.ok) return given;
    const after = await this.policy(policy);
    return after.ok && after.value === null ? failed(notThere(policy)) : (after as Result<PolicyState>);
  }

  override async start({ policy, reason, revision, rollback, spec }: StartRequest): Promise<Result<Release>> {
    const extra = saysMore(policy, spec);
    if (extra !== null) return failed(extra);
    const own = rollback === undefined || rollback === null ? {} : { rollback: rollback.rollback };
    const given = await this.#give({ action: 'start', policy, revision, ...(reason === '' ? {} : { reason }), ...own });
    if (!given.ok) return given;
    const id = given.value.status.release ?? '';
    const after = await this.release(id);
    return after.ok && after.value === null ? failed(gone(id)) : (after as Result<Release>);
  }

  override async backups(policy: string): Promise<Result<readonly RollbackPoint[]>> {
    const given = await this.#give({ action: 'backup', policy, dryRun: true });
    return given.ok ? readPoints(given.value.status.report ?? '') : given;
  }

  override async backup(policy: string, { reason }: BackupRequest): Promise<Result<RollbackPoint>> {
    const given = await this.#give({ action: 'backup', policy, ...(reason === '' ? {} : { reason }) });
    const read = given.ok ? readPoints(given.value.status.report ?? '') : given;
    if (!read.ok) return read;
    const [taken] = read.value;
    return taken === undefined ? failed(noPoint) : ok(taken);
  }

  override async restore(policy: string, request: RestoreRequest): Promise<Result<RestoreReport>> {
    const { dryRun, overwrite, reason, to } = request;
    const more = { ...(reason === '' ? {} : { reason }), ...(to === null ? {} : { to }) };
    const given = await this.#give({ action: 'restore', policy, dryRun, overwrite: [...overwrite], ...more });
    return given.ok ? readRestore(given.value.status.report ?? '') : given;
  }

  async #give(told: Told): Promise<Result<Given>> {
    const spec = await this.#signed(told);
    if (!spec.ok) return spec;
    const made = await this.#made(spec.value);
    return made.ok ? this.#answered(made.value, told.action) : made;
  }

  async #signed(told: Told): Promise<Result<OrderSpec>> {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answered = await this.#options.client.review('/apis/authentication.k8s.io/v1/selfsubjectreviews', body);
    if (!answered.ok) return answered;
    const review = selfReview.safeParse(answered.value);
    if (!review.success) return failed(nameless);
    const { groups, username } = review.data.status.userInfo;
    return ok({ ...told, user: username, ...(groups.length === 0 ? {} : { groups: groups.slice(0, mostGroups) }) });
  }

  /** Under one name, whatever becomes of the answer: the same order is not made twice. */
  async #made(spec: OrderSpec): Promise<Result<KubeObject>> {
    const { client, namespace } = this.#options;
    const name = `${spec.policy.slice(0, longestStem)}-${spec.action}-${randomBytes(6).toString('hex')}`;
    const folder = ordersFolder(namespace);
    for (let attempt = 1; ; attempt++) {
      const made = await client.create(folder, orderBody(name, spec));
      if (made.ok) return made;
      if (made.error.reason === 'AlreadyExists') return client.get(`${folder}/${name}`);
      if (!made.error.retryable || attempt === madeAttempts) return failed(refused(made.error, { name, namespace }));
    }
  }

  async #answered(made: KubeObject, action: string): Promise<Result<Given>> {
    const { client, clock, namespace, waits } = this.#options;
    const { name, uid } = made.metadata;
    const fromMs = clock.monotonicMs();
    let isTold = false;
    for (let read: Result<KubeObject, KubeProblem> = ok(made); ; ) {
      if (!read.ok && !read.error.retryable) return failed(lost(name, read.error));
      if (read.ok && read.value.metadata.uid !== uid) return failed(unheard(name, namespace));
      const status = read.ok ? answerIn(read.value) : {};
      if (read.ok && status.phase === 'Accepted') return ok({ object: read.value, status });
      if (status.phase === 'Refused') return failed(refusal(status));
      const waitedMs = clock.monotonicMs() - fromMs;
      if (waitedMs > (status.startedAt === undefined ? orderLivesMs + graceMs : longestWorkMs))
        return failed(read.ok ? unheard(name, namespace) : lost(name, read.error));
      if (waitedMs > soonMs && !isTold) waits(`${action} is ordered (${name}); its controller did not answer yet`);
      isTold ||= waitedMs > soonMs;
      await pause(lookEveryMs, never);
      read = await client.get(`${ordersFolder(namespace)}/${name}`);
    }
  }
}

/** As the definition allows. */
const mostGroups = 200;

/** Of a name of 253 letters, with what comes after it. */
const longestStem = 200;

/** How the definition calls what is ordered. */
function wordsOf(action: ReleaseAction): Omit<Told, 'policy' | 'revision' | 'release'> {
  const { kind, reason } = action;
  switch (kind) {
    case 'promote':
      return {
        ...{ action: kind, reason, full: action.extent === 'full' },
        ...(action.step === null ? {} : { step: action.step + 1 }),
      };
    case 'answer':
    case 'note':
      return { action: kind, reason, ...(action.rule === null ? {} : { rule: action.rule }) };
    case 'approve':
    case 'revoke':
      return { action: 'approve', reason, approval: action.approval, revoke: kind === 'revoke' };
    case 'override':
      return { action: kind, reason, gate: action.gate };
    default:
      return { action: kind, reason };
  }
}
