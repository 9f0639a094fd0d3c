/** The feed that a scenario asks for. */
import type { Feed, FeedSetting } from './feed.ts';
import { GivenMetrics } from './given-series.ts';
import { MadeUpTraffic } from './made-up-traffic.ts';
import { RecordedMetrics } from './recording/recorded-metrics.ts';
import type { Scenario } from './scenario.ts';

export interface Fed {
  readonly feed: Feed;
  /** Where its numbers end; null: never. */
  readonly endMs: number | null;
}

export function feedOf({ metrics, rules }: Scenario, setting: FeedSetting): Fed {
  switch (metrics.kind) {
    case 'traffic': {
      const { seed, traffic } = metrics;
      return { feed: new MadeUpTraffic(rules.rules, { traffic, seed }, setting), endMs: null };
    }
    case 'series': {
      const feed = new GivenMetrics(rules.rules, metrics, setting);
      return { feed, endMs: feed.endMs };
    }
    case 'recording': {
      const feed = new RecordedMetrics(rules.rules, metrics.recorded, setting);
      return { feed, endMs: feed.endMs };
    }
  }
}
