/** Queries that 100 releases of one shape cost a Prometheus, against those of one: counted where they arrive. */
import { setTimeout as delay } from 'node:timers/promises';
import { Subject } from 'rxjs';
import { systemClock } from '../../src/lib/clock.ts';
import type { MetricSource } from '../../src/metrics/metric-source.ts';
import { prometheusSource } from '../../src/metrics/prometheus.ts';
import { pipeline, type ReleaseKey } from '../../src/pipeline.ts';
import type { Ports } from '../../src/reconcile/ports.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import type { Store } from '../../src/release/store.ts';
import type { RuleSet } from '../../src/rules/rule.ts';
import { MemoryWorld, productionRules } from '../support/memory-world.ts';
import { must } from '../support/proxy.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { scriptedPrometheus } from './rig/scripted-prometheus.ts';

const many = 100;
const [intervalMs, settleMs, measuredMs] = [5_000, 7_000, 30_000];
const reach = 3;

interface Scene {
  readonly store: Store;
  readonly rules: RuleSet;
  readonly source: MetricSource;
}

/** Two instances of stable and one of the canary, each under an address of its own. */
async function release(i: number, { store, rules, source }: Scene): Promise<{ key: ReleaseKey; ports: Ports }> {
  const policy = `app-${i}`;
  const options = { policy, store, clock: systemClock, rules, intervalMs, perSecond: 100, compression: 1 };
  const world = new MemoryWorld(options);
  await world.settle(`stable-${i}`);
  const { id } = await world.begin(`canary-${i}`);
  return { key: { id, policy }, ports: { ...world.ports, source, labels: { instance: '$instance' } } };
}

async function perMinute(count: number): Promise<number> {
  return withCleanUp(async (atEnd) => {
    const { url, queries } = await scriptedPrometheus(atEnd);
    const source = prometheusSource({ name: 'main', url, intervalMs, timeoutMs: 3_000 });
    const scene = { store: must(openMemoryStore()), rules: await productionRules(), source };
    const ports = new Map<string, Ports>();
    const [releases$, stop$] = [new Subject<ReleaseKey>(), new Subject<void>()];
    const portsOf = ({ policy }: ReleaseKey): Ports => ports.get(policy) ?? missing(policy);
    const ended = new Promise<void>((resolve) => {
      pipeline({ releases$, nudges$: new Subject(), stop$, portsOf }).subscribe({ complete: resolve });
    });
    for (let i = 0; i < count; i += 1) {
      const begun = await release(i, scene);
      ports.set(begun.key.policy, begun.ports);
      releases$.next(begun.key);
    }
    await delay(settleMs);
    const before = queries();
    await delay(measuredMs);
    const asked = queries() - before;
    stop$.next();
    await ended;
    return (asked * 60_000) / measuredMs;
  });
}

const missing = (policy: string): never => {
  throw new Error(`no policy ${policy}`);
};

const [one, all] = [await perMinute(1), await perMinute(many)];
console.log(
  `Prometheus, polled each ${intervalMs / 1_000} s, production rules: queries a minute, counted over ${measuredMs / 1_000} s`,
);
console.log(`  1 release: ${one}; ${many} releases of one shape: ${all}`);
console.log(
  `  ${(all / one).toFixed(2)} times as many (reach: < ${reach})   ${all / one < reach ? 'reached' : 'MISSED'}`,
);
