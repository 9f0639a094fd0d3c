/**
 * What the times are taken on: `sluice run` on SQLite, its data plane, stable, and users, each a process of its own.
 *
 *     users (load process) ──► proxy ──► stable, canary (sample services that exist already)
 *                                ▲
 *                           sluice run ◄── the metric source that a measurement is about
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../../../src/cli/api-client.ts';
import { type Load, startLoad } from '../../../src/cli/demo/load.ts';
import type { ReleaseView } from '../../../src/report/release-view.ts';
import { stopProxy } from '../../../src/router/proxy-process.ts';
import type { AtEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { must } from '../../support/proxy.ts';
import { weightSpans } from '../../support/proxy-log.ts';
import { type RunningController, runController } from '../../support/running-controller.ts';
import { startSampleService } from '../../support/sample-service.ts';
import { tempDir } from '../../support/temp-dir.ts';

export interface StandOptions {
  readonly atEnd: AtEnd;
  /** The policy's `sources: { main: ... }`, given the address of stable. */
  readonly source: (stable: string) => object | Promise<object>;
  /** What splits the traffic instead of the built-in proxy, and where users connect to it. */
  readonly front?: { readonly traffic: object; readonly url: string };
  /** More words of the policy's spec, and sources beside `main`. */
  readonly more?: More;
}

interface More {
  readonly spec: object;
  readonly sources: object;
}

export interface Stand {
  readonly load: Load;
  readonly controller: RunningController;
  /** Begins the release of a canary that runs already. */
  start(revision: string, url: string): Promise<string>;
  until(id: string, condition: (view: ReleaseView) => boolean): Promise<ReleaseView>;
  /** Waits until the data plane gives the canary nothing any more, and answers since when, epoch ms by its own log. */
  zeroAtMs(sinceMs: number): Promise<number>;
}

const policy = 'app';

/** Of the whole stand: a measurement that hangs ends. */
const longestMs = 60_000;

export async function openStand({ atEnd, source, front, more }: StandOptions): Promise<Stand> {
  const folder = await tempDir(atEnd);
  const policyDir = join(folder, 'state', policy);
  atEnd(async () => void (await stopProxy(join(policyDir, 'proxy.sock'))));
  const stable = await startSampleService({ VERSION: 'stable', LATENCY_MS: '10' }, atEnd);
  const listen = `127.0.0.1:${await freePort()}`;
  const { traffic, url: users } = front ?? { traffic: { proxy: { listen } }, url: `http://${listen}/` };
  const policyFile = join(folder, 'policy.yaml');
  copyFileSync('rules/production.yaml', join(folder, 'rules.yaml'));
  writeFileSync(policyFile, policyText({ traffic, stable: stable.url, main: await source(stable.url), more }));
  const controller = await runController({ policyFile, stateDir: join(folder, 'state'), compress: 1, atEnd });
  await eventually(async () => (await fetch(`${controller.url()}/readyz`)).ok, { withinMs: 30_000 });
  const load = must(startLoad({ url: users, ratePerSecond: 100, seconds: 1_800 }));
  atEnd(async () => void (await load.stop()));
  await eventually(() => (load.latest()?.total.classes['2xx'] ?? 0) > 0, { withinMs: 20_000 });
  const api = (): ApiClient => new ApiClient(controller.url(), null);
  return {
    load,
    controller,
    start: async (revision, url) => {
      const spec = { endpoints: [url], health: '/healthz' };
      return must(await api().start({ policy, revision, spec, who: 'bench' })).id;
    },
    until: (id, condition) => waitFor(async () => must(await api().release(id)), condition),
    zeroAtMs: (sinceMs) =>
      eventually(
        () => {
          const last = weightSpans(policyDir).at(-1);
          return last?.canary === 0 && last.fromMs >= sinceMs ? last.fromMs : null;
        },
        { withinMs: longestMs },
      ),
  };
}

async function waitFor(
  release: () => Promise<ReleaseView>,
  condition: (view: ReleaseView) => boolean,
): Promise<ReleaseView> {
  const once = async (): Promise<ReleaseView | null> => {
    const view = await release();
    return condition(view) ? view : null;
  };
  return eventually(once, { withinMs: longestMs }).catch(async (cause: unknown) => {
    const { id, phase, rules, waiting } = await release();
    const said = [waiting, ...rules].map((each) => each?.message ?? '-').join('\n');
    throw new Error(`${id} stands at ${phase}:\n${said}`, { cause });
  });
}

interface PolicyParts {
  readonly traffic: object;
  readonly stable: string;
  readonly main: object;
  readonly more: More | undefined;
}

/** Rules, judge and steps are the product's own; only what comes after weight 0 is shortened. JSON is YAML. */
const policyText = ({ traffic, stable, main, more }: PolicyParts): string =>
  JSON.stringify({
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'ReleasePolicy',
    metadata: { name: policy },
    spec: {
      target: { endpoints: [stable], health: '/healthz', revision: 'stable' },
      traffic,
      sources: { main, ...more?.sources },
      metrics: { source: 'main', preset: 'app' },
      rules: { file: 'rules.yaml' },
      plan: { drain: '1s' },
      ...more?.spec,
    },
  });
