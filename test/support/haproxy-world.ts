/** A world whose users are split by two real haproxy processes, on the shipped sample configuration; users connect to both. */
import type { TestContext } from 'vitest';
import { startLoad } from '../../src/cli/demo/load.ts';
import { endOf } from './at-end.ts';
import { eventually } from './eventually.ts';
import { startHaproxy, type TestHaproxy, weightsIn } from './haproxy.ts';
import { watchShares } from './haproxy-log.ts';
import { knows } from './prometheus-query.ts';
import { must } from './proxy.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';
import type { SpecWords } from './world-files.ts';

export interface HaproxyWorld {
  readonly first: TestHaproxy;
  readonly second: TestHaproxy;
  readonly world: World;
  /** Weights in service, in both. */
  weights(): Promise<readonly Readonly<Record<string, number>>[]>;
}

export interface Differences extends Omit<WorldOptions, 'users' | 'spans'> {
  /** Words of `traffic.haproxy` that differ from the usual. */
  readonly haproxy?: (pair: readonly TestHaproxy[]) => SpecWords;
  /** Changes the configuration. */
  readonly edit?: (text: string) => string;
}

/** The second has a fifth of the users. */
const besideRate = 50;

export async function startHaproxyWorld(test: TestContext, differences: Differences = {}): Promise<HaproxyWorld> {
  const { edit = (text: string) => text, haproxy, scraped = [], spec, ...options } = differences;
  const atEnd = endOf(test);
  const pair = await Promise.all([startHaproxy({ atEnd, edit }), startHaproxy({ atEnd, edit })]);
  const [first, second] = pair;
  const traffic = {
    haproxy: {
      endpoints: pair.map(({ socketPath }) => socketPath),
      backend: 'app',
      stable: ['stable1', 'stable2'],
      canary: ['canary1', 'canary2'],
      config: first.configPath,
      ...haproxy?.(pair),
    },
  };
  const world = await startWorld(test, {
    ...options,
    spec: { traffic, ...spec },
    users: `${first.origin}/`,
    scraped: [...pair.map(({ metricsUrl }) => new URL(metricsUrl).host), ...scraped],
    spans: watchShares(pair, atEnd),
  });
  const [prometheus] = world.prometheus;
  await eventually(() => knows(prometheus?.url ?? '', 'haproxy_server_http_responses_total'), { everyMs: 100 });
  const beside = must(startLoad({ url: `${second.origin}/`, ratePerSecond: besideRate, seconds: 600 }));
  atEnd(async () => void (await beside.stop()));
  return { first, second, world, weights: () => Promise.all(pair.map(weightsIn)) };
}
