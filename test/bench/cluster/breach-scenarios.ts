/** A canary that fails everything, at 25 % of 100 requests/s through istiod and Envoy: from the first failure to the route, and to the last failure. */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../../../src/cli/api-client.ts';
import type { Happened } from '../../faults/history.ts';
import { prometheusUrl } from '../../lab/metrics/prometheus.ts';
import type { AtEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { must } from '../../support/proxy.ts';
import { withCleanUp } from '../rig/clean-up.ts';
import { leaveUnread } from '../rig/unread-reports.ts';
import {
  type BreachOrder,
  canaryOf,
  openStage,
  pushFailing,
  routesOf,
  type Stage,
  withinMs,
  zeroAfterRise,
} from './breach-stage.ts';
import type { Scenario } from './fleet-scenarios.ts';
import { everythingHangs } from './hanging.ts';
import { middle, type Row } from './row.ts';
import { scrapeEvery } from './scrape-every.ts';

interface Source extends BreachOrder {
  readonly name: string;
  /** Of Prometheus, seconds. */
  readonly scrape: number;
  readonly runs: number;
  readonly reach: { readonly median: number; readonly worst: number | null; readonly failed: number | null };
}

const byPrometheus = { prometheus: { url: prometheusUrl, interval: '1s', timeout: '1s' } };

const sources: Readonly<Record<string, Source>> = {
  'breach-prometheus-1s': {
    name: 'Prometheus scraping every 1 s',
    words: byPrometheus,
    scrape: 1,
    runs: 5,
    reach: { median: 1.5, worst: 2.5, failed: 40 },
  },
  'breach-direct': {
    name: 'direct scrape every 250 ms',
    words: { scrape: { interval: '250ms', timeout: '1s' } },
    scrape: 1,
    runs: 5,
    reach: { median: 0.8, worst: null, failed: null },
  },
  hanging: {
    name: 'direct scrape every 250 ms, while hooks, a Job, health endpoint, Alertmanager, notices and reports hang',
    words: { scrape: { interval: '250ms', timeout: '1s' } },
    scrape: 1,
    runs: 5,
    reach: { median: 0.8, worst: null, failed: null },
    outside: everythingHangs,
  },
  'breach-prometheus-5s': {
    name: 'Prometheus scraping every 5 s',
    words: byPrometheus,
    scrape: 5,
    runs: 5,
    reach: { median: 6, worst: null, failed: null },
  },
};

interface Run {
  readonly toZero: number;
  readonly failed: number;
  readonly toLast: number;
  /** From the decision, by the release's own record, to the route written with 0. */
  readonly decided: number;
}

async function oneRun(stage: Stage, version: string, atEnd: AtEnd): Promise<Run> {
  const { ground, load, namespace, outside } = stage;
  const { history } = ground;
  const from = load.failedAtMs.length;
  const begun = history.of(namespace).length;
  await pushFailing(stage, version);
  const states = (): readonly Happened[] => routesOf(stage, begun);
  await eventually(() => states().some(({ object }) => canaryOf(object) === 25), { withinMs });
  const id = await newestOf(stage);
  if (outside !== null) await leaveUnread({ url: stage.controllers.url() ?? '', id, count: 20 }, atEnd);
  const zero = await eventually(() => zeroAfterRise(states()), { withinMs });
  // What was under way then is answered.
  await delay(3_000);
  const failed = load.failedAtMs.slice(from);
  const [first = Number.NaN] = failed;
  return {
    toZero: (zero.atMs - first) / 1_000,
    failed: failed.length,
    toLast: ((failed.at(-1) ?? Number.NaN) - zero.atMs) / 1_000,
    decided: (zero.atMs - (await decidedAtMs(stage, id))) / 1_000,
  };
}

const decidedAtMs = (stage: Stage, id: string): Promise<number> =>
  eventually(async () => must(await ask(stage).release(id)).rollback?.decidedAtMs ?? null, { withinMs });

/** Id of the release that runs. */
const newestOf = async (stage: Stage): Promise<string> => must(await ask(stage).releases())[0]?.id ?? '';

const ask = ({ controllers }: Stage): ApiClient => new ApiClient(controllers.url() ?? '', null);

const scenarioOf =
  (source: Source): Scenario =>
  async (ground, atEnd) => {
    await scrapeEvery(ground.lab.folder, source.scrape);
    atEnd(() => scrapeEvery(ground.lab.folder, 1));
    const stage = await openStage(ground, source, atEnd);
    const runs: Run[] = [];
    for (let run = 1; run <= source.runs; run++)
      await withCleanUp(async (atRunEnd) => void runs.push(await oneRun(stage, `v${run + 1}`, atRunEnd)));
    const [toZero, failed, toLast] = [
      runs.map((each) => each.toZero),
      runs.map((each) => each.failed),
      runs.map((each) => each.toLast),
    ];
    const { median, worst, failed: most } = source.reach;
    if (stage.outside !== null)
      console.log(`  ${stage.outside.taken()} connections were taken, and left without an answer`);
    console.log(
      `  ${source.name}: ${toZero.map((seconds) => seconds.toFixed(2)).join(' ')} s; failed ${failed.join(' ')}`,
    );
    return [
      {
        what: 'first failed request -> route written with 0, median',
        measured: middle(toZero),
        unit: 's',
        reach: median,
      },
      { what: 'the same, worst', measured: Math.max(...toZero), unit: 's', reach: worst },
      {
        what: 'rollback decided -> route written with 0, worst',
        measured: Math.max(...runs.map(({ decided }) => decided)),
        unit: 's',
        reach: 1,
      },
      { what: 'user requests failed, median', measured: middle(failed), unit: '', reach: most },
      { what: 'route written with 0 -> last failed request, median', measured: middle(toLast), unit: 's', reach: 0.15 },
    ] satisfies readonly Row[];
  };

export const breachScenarios: Readonly<Record<string, Scenario>> = Object.fromEntries(
  Object.entries(sources).map(([name, source]) => [name, scenarioOf(source)]),
);
