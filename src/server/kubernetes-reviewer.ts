/** The API server of Kubernetes says whose a token is (TokenReview) and what they may (SubjectAccessReview); believed for a short while. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Reviewer, Right, Subject } from './reviewer.ts';
import { ShortMemory } from './short-memory.ts';

export interface KubernetesReviewerOptions {
  /** Its own: strangers with made-up tokens must not take the controller's turns. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Whom a token must be made for, one of them; none: for the API server itself. */
  readonly audiences: readonly string[];
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** A token that was withdrawn, or a right, counts so long. */
const keepMs = 10_000;

const mostKept = 1_000;

/** Questions that wait for the API server: whoever comes after these is sent away. */
const mostPending = 16;

const longestToken = 8_192;

const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
const accessReviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

const tokenReview = z.looseObject({
  status: z.looseObject({
    authenticated: z.boolean().default(false),
    audiences: z.array(z.string()).default([]),
    user: z.looseObject({ username: z.string().default(''), groups: z.array(z.string()).default([]) }).optional(),
  }),
});

const accessReview = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

type Verdict = Result<Subject>;

export class KubernetesReviewer implements Reviewer {
  readonly #options: KubernetesReviewerOptions;
  readonly #subjects: ShortMemory<Verdict>;
  readonly #objections: ShortMemory<Problem | null>;
  #pending = 0;

  constructor(options: KubernetesReviewerOptions) {
    this.#options = options;
    const limits = { keepMs, most: mostKept, nowMs: options.nowMs };
    this.#subjects = new ShortMemory(limits);
    this.#objections = new ShortMemory(limits);
  }

  async identify(token: string): Promise<Verdict> {
    if (token === '' || token.length > longestToken) return failed(unauthorized(this.#options.audiences));
    return this.#subjects.recall(
      createHash('sha256').update(token).digest('hex'),
      () => this.#reviewed(token),
      (verdict) => verdict.ok || verdict.error.reason === 'Unauthorized',
    );
  }

  objection(subject: Subject, right: Right): Promise<Problem | null> {
    return this.#objections.recall(
      JSON.stringify([subject, right]),
      () => this.#asked(subject, right),
      (problem) => problem === null || problem.reason === 'Forbidden',
    );
  }

  async #reviewed(token: string): Promise<Verdict> {
    const { audiences } = this.#options;
    const spec = { token, ...(audiences.length === 0 ? {} : { audiences }) };
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
    const answered = await this.#ask(reviews, body, 'whose token this is');
    if (!answered.ok) return answered;
    const review = tokenReview.safeParse(answered.value);
    if (!review.success) return failed(unavailable('whose token this is', 'its answer is no TokenReview'));
    const { status } = review.data;
    // A server that knows no audiences names none, and its word is not enough where one is asked for.
    const isMeant = audiences.length === 0 || audiences.some((each) => status.audiences.includes(each));
    const name = status.user?.username ?? '';
    if (!status.authenticated || !isMeant || name === '') return failed(unauthorized(audiences));
    return ok({ name, groups: status.user?.groups ?? [] });
  }

  async #asked({ name, groups }: Subject, right: Right): Promise<Problem | null> {
    const { namespace } = this.#options;
    const attributes =
      right.kind === 'path'
        ? { nonResourceAttributes: { verb: right.verb, path: right.path } }
        : {
            resourceAttributes: {
              ...{ namespace, group: 'sluice.dev', version: 'v1alpha1', verb: right.verb, resource: right.resource },
              ...(right.name === null ? {} : { name: right.name }),
            },
          };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: name, groups, ...attributes },
    };
    const answered = await this.#ask(accessReviews, body, `what ${name} may`);
    if (!answered.ok) return answered.error;
    const review = accessReview.safeParse(answered.value);
    if (!review.success) return unavailable(`what ${name} may`, 'its answer is no SubjectAccessReview');
    return review.data.status.allowed ? null : forbidden(name, right, namespace);
  }

  async #ask(path: string, body: object, what: string): Promise<Result<unknown>> {
    if (this.#pending >= mostPending) return failed(unavailable(what, 'too many wait for its answer'));
    this.#pending++;
    try {
      const answered = await this.#options.client.review(path, body);
      return answered.ok ? answered : failed(unavailable(what, whyNot(answered.error)));
    } finally {
      this.#pending--;
    }
  }
}

const whyNot = ({ reason, message }: KubeProblem): string =>
  reason === 'Forbidden' || reason === 'Unauthorized'
    ? `it does not let this controller ask; bind its account to ClusterRole system:auth-delegator (${message})`
    : message;

const unavailable = (what: string, why: string): Problem => ({
  reason: 'Unavailable',
  message: `the API server could not be asked ${what}: ${why}`,
  retryable: true,
});

const unauthorized = (audiences: readonly string[]): Problem => {
  const made = audiences.length === 0 ? 'for the API server' : `for audience ${audiences.join(' or ')}`;
  const how = audiences.length === 0 ? '' : `; make one with: kubectl create token ACCOUNT --audience ${audiences[0]}`;
  const message = `this server wants a bearer token that the API server knows, made ${made} and not expired${how}`;
  return { reason: 'Unauthorized', message, retryable: false };
};

function forbidden(who: string, right: Right, namespace: string): Problem {
  const what =
    right.kind === 'path'
      ? `verb "${right.verb}" on the path ${right.path}`
      : `verb "${right.verb}" on ${right.resource}.sluice.dev${right.name === null ? '' : ` "${right.name}"`} in namespace ${namespace}`;
  return { reason: 'Forbidden', message: `${who} lacks ${what}: a Role has to grant it`, retryable: false };
}
