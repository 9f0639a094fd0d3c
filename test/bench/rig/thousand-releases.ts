/** 1,000 releases x 6 rules on a 5 s tick, scripted source: how late each look is done, and what they all cost. */
import { setTimeout as delay } from 'node:timers/promises';
import { Subject } from 'rxjs';
import { systemClock } from '../../../src/lib/clock.ts';
import { placeOf } from '../../../src/lib/place-of.ts';
import { pipeline, type ReleaseKey } from '../../../src/pipeline.ts';
import type { Happening } from '../../../src/reconcile/happening.ts';
import type { Store } from '../../../src/release/store.ts';
import { keepLooks } from '../../../src/wiring/keep-looks.ts';
import { MemoryWorld, productionRules } from '../../support/memory-world.ts';
import { must } from '../../support/proxy.ts';

const count = Number(process.env['RELEASES'] ?? 1_000);
const tickMs = 5_000;
const warmUpMs = 15_000;
const measuredMs = 60_000;
const reach = { lagMs: 250, core: 0.5, rssMb: 300 };

/** Ends the process: what a thousand releases have going is not taken down one by one. */
export async function measureThousand(storeName: string, store: Store): Promise<never> {
  const lags = new Lags();
  const worlds = await openWorlds(store, lags);
  const releases$ = new Subject<ReleaseKey>();
  const portsOf = ({ policy }: ReleaseKey): MemoryWorld['ports'] => worlds.get(policy)?.ports ?? missing(policy);
  pipeline({ releases$, nudges$: new Subject(), stop$: new Subject(), portsOf }).subscribe();
  for (const [policy, world] of worlds) releases$.next({ id: (await world.begin('v2')).id, policy });
  await delay(warmUpMs);
  lags.begin();
  const spent = await spending(measuredMs);
  const active = must(await store.releases({ active: true })).filter(({ weight }) => weight.applied === 25).length;
  console.log(`${count} releases x 6 rules, ${tickMs / 1_000} s tick, ${storeName}, ${measuredMs / 1_000} s measured`);
  console.log(
    `  at 25 % and baking: ${active} of ${count}; looks: ${Math.round((lags.looks * 1_000) / measuredMs)} a second`,
  );
  const p99 = lags.at(0.99);
  say(
    `from a tick's due moment until its look is done: p50 ${lags.at(0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${lags.at(1).toFixed(1)} ms   (reach: p99 <= ${reach.lagMs} ms)`,
    { isReached: p99 <= reach.lagMs },
  );
  say(`one core: ${(spent.core * 100).toFixed(1)} %   (reach: < ${reach.core * 100} %)`, {
    isReached: spent.core < reach.core,
  });
  say(`RSS at most ${spent.rssMb.toFixed(0)} MB   (reach: <= ${reach.rssMb} MB)`, {
    isReached: spent.rssMb <= reach.rssMb,
  });
  process.exit(0);
}

const missing = (policy: string): never => {
  throw new Error(`no world for ${policy}`);
};

const say = (what: string, { isReached }: { isReached: boolean }): void =>
  console.log(`  ${what}   ${isReached ? 'reached' : 'MISSED'}`);

async function openWorlds(store: Store, lags: Lags): Promise<ReadonlyMap<string, MemoryWorld>> {
  const rules = await productionRules();
  const worlds = new Map<string, MemoryWorld>();
  const keep = keepLooks(store, { info: () => {}, warn: ({ message }) => console.error(message) });
  for (let i = 0; i < count; i += 1) {
    const policy = `app-${i}`;
    const options = { policy, store, clock: systemClock, rules, intervalMs: tickMs, perSecond: 100, compression: 1 };
    const tell = (happening: Happening): void => {
      lags.hear(happening);
      if (happening.kind === 'saved' && happening.look !== null) keep(happening.release.id, happening.look);
    };
    const world = new MemoryWorld({ ...options, tell });
    lags.watch(`${policy}-v2`, world);
    worlds.set(policy, world);
    await world.settle('v1');
  }
  return worlds;
}

/** What this process uses over so long: cores, and memory at the most. */
async function spending(ms: number): Promise<{ readonly core: number; readonly rssMb: number }> {
  const [before, startMs] = [process.cpuUsage(), performance.now()];
  let peakRss = 0;
  const watch = setInterval(() => (peakRss = Math.max(peakRss, process.memoryUsage.rss())), 250);
  await delay(ms);
  clearInterval(watch);
  const { user, system } = process.cpuUsage(before);
  return { core: (user + system) / 1_000 / (performance.now() - startMs), rssMb: peakRss / 2 ** 20 };
}

/**
 *   source is read ──► due moment of that tick ──► the look at the answer is done: lag
 */
class Lags {
  looks = 0;
  #values: number[] = [];
  readonly #due = new Map<string, number>();

  /** Forgets what came before. */
  begin(): void {
    this.#values = [];
    this.looks = 0;
  }

  watch(release: string, { ports }: MemoryWorld): void {
    const { source } = ports;
    const read = source.read.bind(source);
    const offsetMs = placeOf(release) * tickMs;
    source.read = (request) => {
      // A timer may fire a moment before its time.
      const sinceMs = (Date.now() - offsetMs + 2) % tickMs;
      this.#due.set(release, performance.now() - Math.max(0, sinceMs - 2));
      return read(request);
    };
  }

  hear(happening: Happening): void {
    if (happening.kind !== 'reconciled') return;
    this.looks += 1;
    const due = this.#due.get(happening.release);
    if (due === undefined) return;
    this.#due.delete(happening.release);
    this.#values.push(performance.now() - due);
  }

  at(quantile: number): number {
    const sorted = this.#values.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? Number.NaN;
  }
}
