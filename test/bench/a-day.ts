/** A day of releases in minutes, one after the other on several policies: what the heap holds after each collection. */
import { join } from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import { openSqliteStore } from '../../src/release/sqlite.ts';
import { productionRules } from '../support/memory-world.ts';
import { must } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { type VirtualController, virtualController } from './rig/virtual-controller.ts';

const hours = Number(process.env['HOURS'] ?? 24);
const policyNames = Array.from({ length: 8 }, (_, i) => `app-${i}`);
const settings = { compression: 30, intervalMs: 5_000, perSecond: 4_000 };
const reach = 0.05;
const [hourMs, stepMs] = [3_600_000, 250];

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (how: object) => void;
// As for a heap snapshot: what an ordinary collection leaves for later (caches, weak tables) goes, too.
const collect = (): void => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });

await withCleanUp(async (atEnd) => {
  const store = must(openSqliteStore({ path: join(await tempDir(atEnd), 'sluice.db') }));
  atEnd(() => store.close());
  const policies = await Promise.all(policyNames.map(policyNamed));
  const controller = await virtualController({ policies, rules: await productionRules(), store, ...settings });
  const endings = await deliverForEver(controller, policies);
  console.log(
    `a day: ${policies.length} policies, durations divided by ${settings.compression}, metrics each ${settings.intervalMs / 1_000} s`,
  );
  const heaps: number[] = [];
  let spent = cpuSeconds();
  for (let hour = 1; hour <= hours; hour += 1) {
    for (let ms = 0; ms < hourMs; ms += stepMs) await controller.pass(stepMs);
    await controller.scrape();
    heaps.push(heapMb());
    const counts = [...endings].map(([phase, count]) => `${count} ${phase}`).join(', ');
    const seconds = (cpuSeconds() - spent).toFixed(1);
    spent = cpuSeconds();
    console.log(
      `  hour ${String(hour).padStart(2)}: heap ${heaps.at(-1)?.toFixed(2)} MB; ${counts}; ${seconds} s of CPU`,
    );
  }
  report(heaps);
});

async function policyNamed(name: string) {
  const spec = {
    target: { command: ['serve'], revision: 'v0' },
    traffic: { proxy: { listen: '127.0.0.1:0' } },
    sources: { main: { scrape: {} } },
    metrics: { source: 'main' },
    rules: { file: 'rules/production.yaml' },
    plan: { verify: 'config' },
  };
  const words = { apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name }, spec };
  const parsed = await parsePolicy(Buffer.from(JSON.stringify(words)), join(process.cwd(), `${name}.yaml`));
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('; '));
  return parsed.value;
}

type Policies = readonly Awaited<ReturnType<typeof policyNamed>>[];

/** Each policy's next release follows when one has ended: of four one is bad; answers how many ended how, so far. */
async function deliverForEver(controller: VirtualController, policies: Policies): Promise<ReadonlyMap<string, number>> {
  const endings = new Map<string, number>();
  const started = new Map<string, number>();
  const next = async (name: string): Promise<void> => {
    const policy = policies.find((each) => each.name === name);
    if (policy === undefined) throw new Error(`no policy ${name}`);
    const number = (started.get(name) ?? 0) + 1;
    started.set(name, number);
    const { errorRate } = controller.world(name);
    Reflect.deleteProperty(errorRate, `v${number - 2}`);
    errorRate[`v${number}`] = number % 4 === 0 ? 0.05 : 0.0002;
    await controller.start(policy, `v${number}`);
  };
  controller.onEnd(({ policy, phase }) => {
    endings.set(phase.phase, (endings.get(phase.phase) ?? 0) + 1);
    setTimeout(() => void next(policy), 1_000);
  });
  for (const { name } of policies) await next(name);
  return endings;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of data: what V8 compiles, and drops when it was not run for long, tells nothing of releases. */
function heapMb(): number {
  collect();
  const data = getHeapSpaceStatistics().filter(({ space_name }) => !/code|trusted/.test(space_name));
  return data.reduce((sum, { space_used_size }) => sum + space_used_size, 0) / 2 ** 20;
}

/** The whole difference, first to last. */
function report(heaps: readonly number[]): void {
  const [from, to] = [heaps[1] ?? Number.NaN, heaps.at(-1) ?? Number.NaN];
  const grown = to / from - 1;
  console.log(
    `  heap after collection, without compiled code: ${from.toFixed(2)} MB at hour 2, ${to.toFixed(2)} MB at hour ${heaps.length}: ${(grown * 100).toFixed(1)} % (reach: within ${reach * 100} %)   ${Math.abs(grown) <= reach ? 'reached' : 'MISSED'}`,
  );
}
