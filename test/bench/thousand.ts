/** 1,000 releases x 6 rules on a 5 s tick, scripted source: how late the ticks come, what they cost. */
import { Subject } from 'rxjs';
import { systemClock } from '../../src/lib/clock.ts';
import { pipeline, type ReleaseKey } from '../../src/pipeline.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import { MemoryWorld, productionRules } from '../support/memory-world.ts';

const count = Number(process.env['RELEASES'] ?? 1_000);
const tickMs = 5_000;
const warmUpMs = 15_000;
const measuredMs = 60_000;

const opened = openMemoryStore();
if (!opened.ok) throw new Error(opened.error.message);
const store = opened.value;
const rules = await productionRules();
const worlds = new Map<string, MemoryWorld>();
const lags: number[] = [];
let isMeasuring = false;
let reconciles = 0;

for (let i = 0; i < count; i += 1) {
  const policy = `app-${i}`;
  const options = { policy, store, clock: systemClock, rules, intervalMs: tickMs, perSecond: 100, compression: 1 };
  const world = new MemoryWorld({ ...options, tell: ({ kind }) => void (kind === 'reconciled' && (reconciles += 1)) });
  noteLag(world);
  worlds.set(policy, world);
  await world.settle('v1');
}

/** Lag of a tick: how much later than one interval after the tick before a read comes. */
function noteLag(world: MemoryWorld): void {
  const { source } = world.ports;
  const read = source.read.bind(source);
  let beforeMs: number | null = null;
  source.read = (request) => {
    const nowMs = performance.now();
    if (isMeasuring && beforeMs !== null) lags.push(Math.max(0, nowMs - beforeMs - tickMs));
    beforeMs = nowMs;
    return read(request);
  };
}

const releases$ = new Subject<ReleaseKey>();
const portsOf = ({ policy }: ReleaseKey) => {
  const world = worlds.get(policy);
  if (world === undefined) throw new Error(`no world for ${policy}`);
  return world.ports;
};
const subscription = pipeline({ releases$, nudges$: new Subject(), stop$: new Subject(), portsOf }).subscribe();
for (const [policy, world] of worlds) {
  const { id } = await world.begin('v2');
  releases$.next({ id, policy });
}

await new Promise((resolve) => setTimeout(resolve, warmUpMs));
isMeasuring = true;
reconciles = 0;
const before = process.cpuUsage();
const startMs = performance.now();
let peakRss = 0;
const watch = setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage.rss())), 250);
await new Promise((resolve) => setTimeout(resolve, measuredMs));
clearInterval(watch);
const { user, system } = process.cpuUsage(before);
const tookMs = performance.now() - startMs;
subscription.unsubscribe();

const sorted = lags.toSorted((a, b) => a - b);
const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
const active = await store.releases({ active: true });
const forward = active.ok ? active.value.filter(({ weight }) => weight.applied === 25).length : 0;
console.log(
  `${count} releases x ${rules.rules.length} rules, ${tickMs / 1_000} s tick, ${measuredMs / 1_000} s measured`,
);
console.log(`at 25 % and baking: ${forward} of ${count}; looks: ${Math.round((reconciles / tookMs) * 1_000)} a second`);
console.log(
  `tick lag p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, max ${at(1).toFixed(1)} ms   (reach: p99 <= 250 ms)`,
);
console.log(`one core: ${(((user + system) / 1_000 / tookMs) * 100).toFixed(1)} %   (reach: < 50 %)`);
console.log(`RSS at most ${(peakRss / 2 ** 20).toFixed(0)} MB   (reach: <= 300 MB)`);
process.exit(0);
