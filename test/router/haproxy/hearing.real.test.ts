/** Whether two real haproxy processes may still send where they were pointed before: by what was seen of each, never by what was decided. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { answers, openSplit, weightsIn } from '../../support/haproxy.ts';
import { type Pair, startPair } from '../../support/haproxy-pair.ts';
import { needs } from '../../support/needs.ts';
import { must } from '../../support/proxy.ts';
import { startAnswering } from '../../support/upstream.ts';

const pointStable = ({ backends }: Pair, origin: string, revision = 'old') =>
  backends.point({ backend: 'stable', revision, endpoints: [origin], epoch: 1 });

describe.runIf(needs('haproxy'))('two haproxies', () => {
  test('one that hangs has not heard where stable is now, though that is decided and the other has it', async () => {
    const pair = await startPair({ deadlineMs: 500 });
    const { backends, first, second, observe } = pair;
    const other = await startAnswering('other');
    expect(backends.allHeard()).toBe(true);
    await first.hang();
    must(await pointStable(pair, other.origin));
    expect(must(await backends.current()).stable.endpoints).toEqual([other.origin]);
    expect(new Set(await answers(second.origin, 4))).toEqual(new Set(['other']));
    expect(backends.allHeard()).toBe(false);
    first.goOn();
    await eventually(async () => (await observe()).missing === undefined && backends.allHeard());
    expect(new Set(await answers(first.origin, 4))).toEqual(new Set(['other']));
  });

  test('one that is killed sends nobody anywhere, and a controller that has asked nobody yet knows nothing', async () => {
    const { backends, first, second, observe, stateDir } = await startPair();
    const next = openSplit(stateDir, [first, second]);
    expect(next.backends.allHeard()).toBe(false);
    must(await next.router.observe());
    expect(next.backends.allHeard()).toBe(true);
    await second.process().end('SIGKILL');
    await eventually(async () => (await observe()).missing?.[0]?.serves === 'nobody');
    expect(backends.allHeard()).toBe(true);
  });

  test('where somebody lowered the canary by hand, servers still follow, and the share stays as it was made', async () => {
    const pair = await startPair();
    const { backends, first, second, observe, weigh } = pair;
    must(await weigh(50));
    await first.ask('set weight app/stable1 9');
    expect(await observe()).toMatchObject({ canary: 10 });
    await observe();
    const before = await observe();
    const other = await startAnswering('other');
    must(await pointStable(pair, other.origin));
    expect(backends.allHeard()).toBe(true);
    for (const haproxy of [first, second]) {
      expect(await weightsIn(haproxy)).toEqual({ stable2: 9, canary1: 1 });
      const sent = await answers(haproxy.origin, 40);
      expect(new Set(sent)).toEqual(new Set(['other', 'canary']));
    }
    expect(await observe()).toMatchObject({ canary: 10, release: before.release });
    // It is still somebody else's weight: a raise has to be decided, not put back by itself.
    expect(await observe()).toMatchObject({ canary: 10 });
  });
});
