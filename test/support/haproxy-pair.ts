/** Two haproxy processes that carry one split between a stable and a canary that answer with their names. */
import type { RouteState, WeightWrite } from '../../src/router/router.ts';
import { openSplit, type Split, type SplitOptions, startHaproxy, type TestHaproxy } from './haproxy.ts';
import { must } from './proxy.ts';
import { tempDir } from './temp-dir.ts';
import { startAnswering } from './upstream.ts';

export interface Pair extends Split {
  readonly stateDir: string;
  readonly first: TestHaproxy;
  readonly second: TestHaproxy;
  /** Where stable and canary are. */
  readonly origins: { readonly stable: string; readonly canary: string };
  observe(): Promise<RouteState>;
  weigh(canary: number, more?: Partial<WeightWrite>): ReturnType<Split['router']['write']>;
}

const edit = (text: string): string => text.replace('balance roundrobin', 'balance roundrobin\n    option redispatch');

export async function startPair(options?: SplitOptions): Promise<Pair> {
  const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
  const [first, second] = [await startHaproxy({ edit }), await startHaproxy({ edit })];
  const stateDir = await tempDir();
  const split = openSplit(stateDir, [first, second], options);
  must(await split.backends.point({ backend: 'stable', revision: 'old', endpoints: [stable.origin], epoch: 1 }));
  must(await split.backends.point({ backend: 'canary', revision: 'new', endpoints: [canary.origin], epoch: 1 }));
  const observe = async (): Promise<RouteState> => must(await split.router.observe());
  return {
    ...split,
    stateDir,
    origins: { stable: stable.origin, canary: canary.origin },
    first,
    second,
    observe,
    weigh: async (value, more = {}) =>
      split.router.write({
        release: 'r1',
        epoch: 1,
        canary: value,
        ifVersion: value === 0 ? null : (await observe()).version,
        latch: false,
        ...more,
      }),
  };
}

export const canariesIn = (sent: readonly string[]): number => sent.filter((body) => body === 'canary').length;
