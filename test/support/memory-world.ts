/** A policy's whole world without a process or a socket: traffic, counters, instances, weights and store in memory, time as it passes. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../../src/lib/clock.ts';
import { scriptedSource } from '../../src/metrics/scripted.ts';
import type { Series } from '../../src/metrics/series.ts';
import type { Happening } from '../../src/reconcile/happening.ts';
import type { Ports } from '../../src/reconcile/ports.ts';
import { begin } from '../../src/release/begin.ts';
import { compressPlan, compressRules } from '../../src/release/compress.ts';
import { defaultPlan, type Plan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import type { Store } from '../../src/release/store.ts';
import { MemoryRouter } from '../../src/router/memory.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import { parseRules } from '../../src/rules/rule-file.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import { MemoryWorkload } from '../../src/workload/memory.ts';

export const productionRules = async (): Promise<RuleSet> => {
  const file = 'rules/production.yaml';
  const parsed = await parseRules(readFileSync(file), { file });
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('; '));
  return parsed.value;
};

export interface WorldOptions {
  readonly policy: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: RuleSet;
  readonly intervalMs: number;
  /** User requests a second. */
  readonly perSecond: number;
  readonly compression: number;
  readonly tell?: (happening: Happening) => void;
}

const spec = { kind: 'command', command: ['serve'], env: {}, cwd: null, healthPath: null, replicas: 2 } as const;

/** Counters are a function of the traffic so far, which the router's weight splits. */
export class MemoryWorld {
  readonly router: MemoryRouter;
  readonly workload: MemoryWorkload;
  readonly ports: Ports;
  /** Fraction of the requests that fail, by revision; changes at will. */
  readonly errorRate: Record<string, number> = {};
  /** Nothing answers the metrics' questions. */
  isBlind = false;
  reads = 0;
  readonly #options: WorldOptions;
  readonly #totals = new Map<string, { good: number; bad: number }>();
  readonly #bornMs: number;
  #servedMs: number;

  constructor(options: WorldOptions) {
    const { clock, intervalMs, store, tell = () => {} } = options;
    this.#options = options;
    this.router = new MemoryRouter({
      stable: { revision: null, endpoints: [] },
      canary: { revision: null, endpoints: [] },
      nowMs: clock.wallMs(),
    });
    this.workload = new MemoryWorkload({ backends: this.router, epoch: store.epoch, readiness: 'atOnce' });
    this.#bornMs = clock.wallMs();
    this.#servedMs = clock.monotonicMs();
    const source = scriptedSource({
      clock,
      intervalMs,
      script: (nowMs) => {
        this.reads += 1;
        return this.isBlind ? { reason: 'Unreachable', message: 'told to be away' } : this.#scrape(nowMs);
      },
    });
    this.ports = {
      clock,
      source,
      router: this.router,
      workload: this.workload,
      store,
      labels: { version: '$revision' },
      tell,
    };
  }

  /** Stable runs and serves, as it does before any release. */
  async settle(stable: string): Promise<void> {
    const { policy, store } = this.#options;
    const revisions = { [stable]: spec };
    await store.savePolicy({ policy, stable, previous: null, frozen: [], attested: [], revisions, version: 0 });
    await this.workload.ensure(stable, spec, spec.replicas);
    await this.workload.serve('stable', stable, store.epoch);
  }

  async begin(revision: string, change: Partial<Plan> = {}): Promise<Release> {
    const { clock, compression, policy, rules, store } = this.#options;
    const known = await store.policy(policy);
    if (!known.ok || known.value === null) throw new Error('settle first');
    const state = await store.savePolicy({ ...known.value, revisions: { ...known.value.revisions, [revision]: spec } });
    if (!state.ok) throw new Error(state.error.message);
    const begun = begin({
      id: `${policy}-${revision}`,
      state: state.value,
      revision,
      spec,
      plan: compressPlan({ ...defaultPlan, verify: 'config', ...change }, compression),
      rules: compression === 1 ? rules : compressRules(rules, compression),
      noCritical: 'refused',
      judge: defaultJudgeSettings,
      mode: 'enforce',
      compression,
      unjudgeable: [],
      startedBy: 'ada',
      nowMs: clock.wallMs(),
    });
    if (!begun.ok) throw new Error(begun.error.message);
    const saved = await store.save(begun.value.release, begun.value.log);
    if (!saved.ok) throw new Error(saved.error.message);
    return saved.value;
  }

  /** The weight now, as users meet it. */
  async weight(): Promise<number> {
    const state = await this.router.observe();
    if (!state.ok) throw new Error(state.error.message);
    return state.value.canary;
  }

  #scrape(nowMs: number): readonly Series[] {
    this.#serve();
    const startS = this.#bornMs / 1_000;
    return [...this.#totals].flatMap(([version, { good, bad }]) => {
      const series = (metric: string, labels: Record<string, string>, value: number): Series => ({
        metric,
        labels: { version, instance: `${version}:1`, ...labels },
        samples: [{ atMs: nowMs, value }],
      });
      return [
        series('up', {}, 1),
        series('process_start_time_seconds', {}, startS),
        series('http_requests_total', { code: '200' }, Math.floor(good)),
        series('http_requests_total', { code: '500' }, Math.floor(bad)),
        series('http_request_duration_seconds_bucket', { le: '0.5' }, Math.floor(good + bad)),
        series('http_request_duration_seconds_bucket', { le: '+Inf' }, Math.floor(good + bad)),
        series('http_request_duration_seconds_count', {}, Math.floor(good + bad)),
        // The host's numbers carry the address of an instance, as the host source gives them.
        ...['cpu', 'memory', 'disk'].map((each) =>
          series(`sluice_host_${each}_ratio`, { instance: `${version}-1.invalid:80` }, 0.2),
        ),
      ];
    });
  }

  #serve(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const requests = ((nowMs - this.#servedMs) / 1_000) * this.#options.perSecond;
    this.#servedMs = nowMs;
    const { canary, targets } = this.router.split;
    this.#forget([targets.canary.revision, targets.stable.revision]);
    this.#count(targets.canary.revision, (requests * canary) / 100);
    this.#count(targets.stable.revision, (requests * (100 - canary)) / 100);
  }

  /** Instances that are gone tell nothing any more; the last ones a little longer than they serve. */
  #forget(serving: readonly (string | null)[]): void {
    const gone = [...this.#totals.keys()].filter((version) => !serving.includes(version));
    for (const version of gone.slice(0, -1)) this.#totals.delete(version);
  }

  #count(version: string | null, requests: number): void {
    if (version === null) return;
    const before = this.#totals.get(version) ?? { good: 0, bad: 0 };
    const bad = requests * (this.errorRate[version] ?? 0);
    this.#totals.set(version, { good: before.good + requests - bad, bad: before.bad + bad });
  }
}
