/** 500 open streams of live events: how late a decision's line reaches each, and what they cost the controller in time and memory. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteStore } from '../../src/release/sqlite.ts';
import { testServer } from '../support/http-server.ts';
import { must } from '../support/proxy.ts';
import { bakingRelease } from '../support/sample-release.ts';
import { tempDir } from '../support/temp-dir.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';

const readers = 500;
const seconds = 20;

await withCleanUp(async (atEnd) => {
  const store = must(openSqliteStore({ path: join(await tempDir(atEnd), 'state.db') }));
  atEnd(() => store.close());
  const { controls, url } = await testServer({ store }, atEnd);
  const decide = (n: number) => {
    const entry = {
      atMs: Date.now(),
      kind: 'decision',
      reason: 'StillBaking',
      message: `look ${n}`,
      data: {},
    } as const;
    return controls.put(bakingRelease(), [entry]);
  };
  for (let n = 0; n < 20; n += 1) await decide(n);
  const alone = await cost(decide);
  const before = memory();
  const child = fork(join(import.meta.dirname, 'rig', 'stream-readers.ts'), [url, String(readers)]);
  atEnd(() => child.kill());
  await once(child, 'message');
  const opened = memory() - before;
  const heard = await cost(decide);
  const afterwards = memory() - before;
  child.send('report');
  const [report] = (await once(child, 'message')) as [{ readonly lateMs: readonly number[] }];
  if (report.lateMs.length < readers * seconds) throw new Error(`only ${report.lateMs.length} lines were heard`);
  const [usual = 0, late = 0, latest = 0] = [0.5, 0.99, 1].map((part) => percentile(report.lateMs, part));
  console.log(
    figure('from the decision to the last stream', 'ms', { values: [latest], reach: { median: 200, worst: 200 } }),
  );
  console.log(
    figure(`part of a core for ${readers} streams at one decision a second`, '%', {
      values: [heard - alone],
      reach: { median: 5 },
    }),
  );
  console.log(
    figure(`memory of ${readers} streams, opened and after ${seconds} decisions`, 'MB', {
      values: [opened, afterwards],
      reach: { median: 50, worst: 50 },
    }),
  );
  console.log(
    `  ${report.lateMs.length} lines heard, half of them within ${usual} ms, 99 of 100 within ${late} ms; without any stream ${alone.toFixed(1)} % of a core`,
  );
});

/** Percent of a core that this process used, one decision a second. */
async function cost(decide: (n: number) => Promise<unknown>): Promise<number> {
  const [used, startMs] = [process.cpuUsage(), performance.now()];
  for (let n = 0; n < seconds; n += 1) {
    await decide(n);
    await delay(1_000);
  }
  const { system, user } = process.cpuUsage(used);
  return (100 * (system + user)) / 1_000 / (performance.now() - startMs);
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
