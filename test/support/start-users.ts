/** Users of a service in a process of their own, until the test ends. */
import { type Load, startLoad } from '../../src/cli/demo/load.ts';
import type { AtEnd } from './at-end.ts';
import { eventually } from './eventually.ts';
import { must } from './proxy.ts';

/** Settles when one was answered well. */
export async function startUsers(url: string, ratePerSecond: number, atEnd: AtEnd): Promise<Load> {
  const load = must(startLoad({ url, ratePerSecond, seconds: 600 }));
  atEnd(async () => void (await load.stop()));
  await eventually(() => (load.latest()?.total.classes['2xx'] ?? 0) > 0, { withinMs: 20_000 });
  return load;
}
