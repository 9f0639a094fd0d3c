/** `/metrics` of a controller with a thousand releases of six rules each, stored as the product stores them: from the first byte asked to the last one read. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Release } from '../../src/release/release.ts';
import { openSqliteStore } from '../../src/release/sqlite.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { shownReleases } from '../../src/wiring/shown-releases.ts';
import { aRule } from '../support/a-rule.ts';
import { testServer } from '../support/http-server.ts';
import { must } from '../support/proxy.ts';
import { bakingRelease, passing } from '../support/sample-release.ts';
import { tempDir } from '../support/temp-dir.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';
import type { Scraped } from './rig/scraper.ts';

const releases = 1_000;
const scrapes = 20;
const rules = Array.from({ length: 6 }, (_, n) => aRule({ name: `rule_${n}` }));

await withCleanUp(async (atEnd) => {
  const store = must(openSqliteStore({ path: join(await tempDir(atEnd), 'state.db') }));
  atEnd(() => store.close());
  const begun = Array.from({ length: releases }, (_, n) => numbered(n));
  for (const release of begun) must(await store.save(release, []));
  const policies = begun.map(({ policy }) => ({ name: policy }));
  const metrics = createMetrics({ version: 'bench', releases: () => shownReleases(store, policies) });
  const { url } = await testServer({ store, metrics }, atEnd);
  const scraper = fork(join(import.meta.dirname, 'rig', 'scraper.ts'), [`${url}/metrics`]);
  atEnd(() => scraper.kill());
  for (const encoding of ['gzip', 'identity']) await measure(scraper, encoding);
});

/** No two values alike, as in life: equal numbers would be written from a cache. */
function numbered(n: number): Release {
  const verdicts = rules.map((rule, m) => {
    const nth = n * rules.length + m;
    const change = { canary: Math.sin(nth) ** 2, stable: Math.cos(nth) ** 2, lnHealth: Math.sqrt(nth), events: nth };
    return passing(rule, change);
  });
  return bakingRelease({ id: `app-${n}`, policy: `policy-${n}`, verdicts });
}

async function measure(scraper: ChildProcess, encoding: string): Promise<void> {
  await scrape(scraper, encoding);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const used = process.cpuUsage();
  loop.enable();
  const took: Scraped[] = [];
  for (let n = 0; n < scrapes; n += 1) took.push(await scrape(scraper, encoding));
  loop.disable();
  const { system, user } = process.cpuUsage(used);
  const [last] = took;
  const values = took.map(({ tookMs }) => tookMs);
  console.log(figure(`/metrics with ${releases} releases, ${encoding}`, 'ms', { values, reach: { median: 100 } }));
  const first = Math.max(...took.map(({ firstByteMs }) => firstByteMs)).toFixed(0);
  console.log(
    `  ${((last?.bytes ?? 0) / 1e6).toFixed(1)} MB (${last?.encoding}), first byte after at most ${first} ms; ` +
      `${((system + user) / 1_000 / scrapes).toFixed(0)} ms of a core a scrape; the loop was held for ${(loop.max / 1e6).toFixed(0)} ms at most`,
  );
}

async function scrape(scraper: ChildProcess, encoding: string): Promise<Scraped> {
  scraper.send(encoding);
  const [answer] = (await once(scraper, 'message')) as [Scraped];
  return answer;
}
