/** The controller as one person may use it: everything that is asked of it is a right of theirs first. */
import { failed, type Problem, type Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';
import type {
  Alive,
  AttestRequest,
  BackupRequest,
  ControlEvent,
  Controls,
  Ready,
  ReleaseAction,
  RestoreRequest,
  StartRequest,
} from './controls.ts';
import type { Reviewer, Right, Subject } from './reviewer.ts';

type Kind = 'releases' | 'releasepolicies';

const right = (verb: string, resource: Kind, name: string | null): Right => ({ kind: 'object', verb, resource, name });

/** Whoever may list releases reads what was told of them. */
const rightfulRecords = (inner: Controls['records'], missing: () => Promise<Problem | null>): Controls['records'] => ({
  deliveries: async (filter) => {
    const refused = await missing();
    return refused === null ? inner.deliveries(filter) : failed(refused);
  },
  trail: async (filter) => {
    const refused = await missing();
    return refused === null ? inner.trail(filter) : failed(refused);
  },
  verify: async () => {
    const refused = await missing();
    return refused === null ? inner.verify() : failed(refused);
  },
});

/** The verb that a role grants for an order; it is asked for on the policy, whose name stays from release to release. */
const verbOf = ({ kind }: Pick<ReleaseAction, 'kind'>): string => (kind === 'revoke' ? 'approve' : kind);

export class RightfulControls implements Controls {
  readonly #inner: Controls;
  readonly #reviewer: Reviewer;
  readonly #subject: Subject;

  constructor(inner: Controls, reviewer: Reviewer, subject: Subject) {
    this.#inner = inner;
    this.#reviewer = reviewer;
    this.#subject = subject;
  }

  async start(request: StartRequest): Promise<Result<Release>> {
    // The answer is the release: whoever may not read it shall hear so before it is begun.
    const refused =
      (await this.#missing(right('list', 'releases', null))) ??
      (await this.#missing(right('start', 'releasepolicies', request.policy)));
    return refused === null ? this.#inner.start(request) : failed(refused);
  }

  async act(id: string, action: ReleaseAction): Promise<Result<Release>> {
    const found = await this.release(id);
    if (!found.ok) return found;
    const refused =
      found.value === null ? null : await this.#missing(right(verbOf(action), 'releasepolicies', found.value.policy));
    return refused === null ? this.#inner.act(id, action) : failed(refused);
  }

  async attest(policy: string, given: AttestRequest): ReturnType<Controls['attest']> {
    const refused = await this.#missing(right('attest', 'releasepolicies', policy));
    return refused === null ? this.#inner.attest(policy, given) : failed(refused);
  }

  async setStable(policy: string, given: Parameters<Controls['setStable']>[1]): ReturnType<Controls['setStable']> {
    const refused = await this.#missing(right('set-stable', 'releasepolicies', policy));
    return refused === null ? this.#inner.setStable(policy, given) : failed(refused);
  }

  backups(policy: string): ReturnType<Controls['backups']> {
    return this.#ifReadable('releasepolicies', policy, () => this.#inner.backups(policy));
  }

  async backup(policy: string, request: BackupRequest): ReturnType<Controls['backup']> {
    const refused = await this.#missing(right('backup', 'releasepolicies', policy));
    return refused === null ? this.#inner.backup(policy, request) : failed(refused);
  }

  /** Also to look only: what differs is not for everybody's eyes. */
  async restore(policy: string, request: RestoreRequest): ReturnType<Controls['restore']> {
    const refused = await this.#missing(right('restore', 'releasepolicies', policy));
    return refused === null ? this.#inner.restore(policy, request) : failed(refused);
  }

  release(id: string): ReturnType<Controls['release']> {
    return this.#ifReadable('releases', id, () => this.#inner.release(id));
  }

  async releases(filter: Parameters<Controls['releases']>[0]): ReturnType<Controls['releases']> {
    const refused = await this.#missing(right('list', 'releases', null));
    return refused === null ? this.#inner.releases(filter) : failed(refused);
  }

  log(id: string, last?: number): ReturnType<Controls['log']> {
    return this.#ifReadable('releases', id, () => this.#inner.log(id, last));
  }

  journal(id: string): ReturnType<Controls['journal']> {
    return this.#ifReadable('releases', id, () => this.#inner.journal(id));
  }

  get records(): Controls['records'] {
    const mayList = (): Promise<Problem | null> => this.#missing(right('list', 'releases', null));
    return rightfulRecords(this.#inner.records, mayList);
  }

  async policies(filter?: Parameters<Controls['policies']>[0]): ReturnType<Controls['policies']> {
    const refused = await this.#missing(right('list', 'releasepolicies', null));
    return refused === null ? this.#inner.policies(filter) : failed(refused);
  }

  policy(name: string): ReturnType<Controls['policy']> {
    return this.#ifReadable('releasepolicies', name, () => this.#inner.policy(name));
  }

  rules(policy: string): ReturnType<Controls['rules']> {
    return this.#ifReadable('releasepolicies', policy, () => this.#inner.rules(policy));
  }

  /** Counts of a release that was read before. */
  instances(id: string): ReturnType<Controls['instances']> {
    return this.#inner.instances(id);
  }

  /** Who may listen is asked where the stream is opened. */
  events(listener: (event: ControlEvent) => void): () => void {
    return this.#inner.events(listener);
  }

  alive(): Alive {
    return this.#inner.alive();
  }

  ready(): Ready {
    return this.#inner.ready();
  }

  /** Whoever may list them reads each of them. */
  async #ifReadable<T>(resource: Kind, name: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
    const all = await this.#missing(right('list', resource, null));
    const refused = all?.reason === 'Forbidden' ? await this.#missing(right('get', resource, name)) : all;
    return refused === null ? work() : failed(refused);
  }

  #missing(wanted: Right): Promise<Problem | null> {
    return this.#reviewer.objection(this.#subject, wanted);
  }
}
