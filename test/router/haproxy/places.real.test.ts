/** Two real haproxy processes that carry one split: each for itself, and what counts is what all of them have. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { answers, fetchText, openSplit, startHaproxy, weightsIn } from '../../support/haproxy.ts';
import { canariesIn, startPair } from '../../support/haproxy-pair.ts';
import { needs } from '../../support/needs.ts';
import { must } from '../../support/proxy.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startAnswering, startUpstream } from '../../support/upstream.ts';

describe.runIf(needs('haproxy'))('two haproxies', () => {
  test('both have a weight, and the observed share is that of both', async () => {
    const { first, second, observe, weigh } = await startPair();
    must(await weigh(25));
    expect([await weightsIn(first), await weightsIn(second)]).toEqual([
      { stable1: 3, canary1: 1 },
      { stable1: 3, canary1: 1 },
    ]);
    const sent = [...(await answers(first.origin, 100)), ...(await answers(second.origin, 300))];
    expect((await observe()).since).toEqual({ canary: canariesIn(sent), stable: 400 - canariesIn(sent) });
    expect(Math.abs(canariesIn(sent) - 100)).toBeLessThanOrEqual(2);
  });

  test('raised by hand in one of them: that is what is reported, and the next write puts it back', async () => {
    const { first, second, observe, weigh } = await startPair();
    must(await weigh(25));
    const { version } = await observe();
    await first.ask('set weight app/canary1 9');
    const seen = await observe();
    expect(seen).toMatchObject({ canary: 75 });
    expect(seen.version).not.toBe(version);
    expect(await weightsIn(second)).toEqual({ stable1: 3, canary1: 1 });
    must(await weigh(25, { ifVersion: null }));
    expect(await weightsIn(first)).toEqual({ stable1: 3, canary1: 1 });
    expect(await observe()).toMatchObject({ canary: 25 });
  });

  test('lowered by hand in one of them: the other goes down with it, and both stay there', async () => {
    const { first, second, observe, weigh } = await startPair();
    must(await weigh(50));
    await first.ask('set weight app/stable1 9');
    expect(await observe()).toMatchObject({ canary: 10 });
    expect(await weightsIn(second)).toEqual({ stable1: 9, canary1: 1 });
    expect(await observe()).toMatchObject({ canary: 10 });
    expect(await weightsIn(first)).toEqual({ stable1: 9, canary1: 1 });
  });

  test('a canary put back in service by hand after a rollback is seen as traffic that nobody decided', async () => {
    const { first, observe, weigh } = await startPair();
    must(await weigh(50));
    must(await weigh(0, { latch: true }));
    await first.ask('set weight app/canary1 1;set server app/canary1 state ready');
    expect(await observe()).toMatchObject({ canary: 50, rolledBack: 'r1' });
    must(await weigh(0, { latch: true }));
    expect(await weightsIn(first)).toEqual({ stable1: 1 });
  });

  test('a reload loses the weights of one: the other goes down with it, servers are pointed again, and a new start is seen', async () => {
    const { first, second, observe, weigh } = await startPair();
    must(await weigh(25));
    const before = await observe();
    await second.reload();
    const after = await observe();
    expect(after).toMatchObject({ canary: 0, release: 'r1', since: { canary: 0, stable: 0 } });
    expect(after.startedAtMs).not.toBe(before.startedAtMs);
    expect([await weightsIn(first), await weightsIn(second)]).toEqual([{ stable1: 1 }, { stable1: 1 }]);
    expect(canariesIn(await answers(second.origin, 20))).toBe(0);
    must(await weigh(25));
    expect(await weightsIn(second)).toEqual({ stable1: 3, canary1: 1 });
  });

  test('a reload is noticed although nobody looks', async () => {
    const { plane, first, second, weigh } = await startPair();
    onTestFinished(plane.watch());
    must(await weigh(25));
    await eventually(async () => Object.keys(await weightsIn(first)).includes('canary1'));
    await second.reload();
    await eventually(async () => {
      expect([await weightsIn(first), await weightsIn(second)]).toEqual([{ stable1: 1 }, { stable1: 1 }]);
      return true;
    });
    expect(canariesIn(await answers(second.origin, 20))).toBe(0);
  });

  test('another controller takes up what the last one left: weights, counts, latch and all', async () => {
    const { first, second, observe, weigh, stateDir } = await startPair();
    must(await weigh(25));
    const sent = await answers(first.origin, 60);
    const before = await observe();
    await eventually(() => readFileSync(join(stateDir, 'haproxy.json'), 'utf8').includes('"countedAt":25'));
    expect(must(await openSplit(stateDir, [first, second]).router.observe())).toEqual(before);
    expect(before.since).toEqual({ canary: canariesIn(sent), stable: 60 - canariesIn(sent) });
  });

  test('notes that are older than what HAProxy carries take nobody out of service', async () => {
    const { backends, first, second, origins, stateDir, weigh } = await startPair();
    must(await weigh(100));
    const notes = join(stateDir, 'haproxy.json');
    await eventually(() => readFileSync(notes, 'utf8').includes('"countedAt":100'));
    const old = readFileSync(notes, 'utf8');
    must(await backends.point({ backend: 'stable', revision: 'new', endpoints: [origins.canary], epoch: 1 }));
    must(await weigh(0));
    const elsewhere = await tempDir();
    writeFileSync(join(elsewhere, 'haproxy.json'), old);
    must(await openSplit(elsewhere, [first, second]).router.observe());
    expect([await weightsIn(first), await weightsIn(second)]).toEqual([{ stable2: 1 }, { stable2: 1 }]);
    expect(canariesIn(await answers(first.origin, 10))).toBe(10);
  });

  test('a server that HAProxy finds down, or that is taken out for repair, changes no share', async () => {
    const [stable, canary] = [await startAnswering('stable'), await startAnswering('canary')];
    const [dying, haproxy] = [
      await startAnswering('stable'),
      await startHaproxy({
        edit: (text) => text.replace(/(server stable\d .*)/g, '$1 check inter 50ms fall 1 rise 1'),
      }),
    ];
    const { backends, router } = openSplit(await tempDir(), [haproxy]);
    must(
      await backends.point({ backend: 'stable', revision: 'old', endpoints: [stable.origin, dying.origin], epoch: 1 }),
    );
    must(await backends.point({ backend: 'canary', revision: 'new', endpoints: [canary.origin], epoch: 1 }));
    const { version } = must(await router.observe());
    must(await router.write({ release: 'r1', epoch: 1, canary: 25, ifVersion: version, latch: false }));
    // Until its next check HAProxy holds a server to be as it was at the address before.
    await eventually(async () => {
      must(await router.observe());
      expect(await weightsIn(haproxy)).toEqual({ stable1: 3, stable2: 3, canary1: 2 });
      return true;
    });
    await dying.close();
    await eventually(async () => {
      expect(must(await router.observe())).toMatchObject({ canary: 25, stableReady: true });
      expect(await weightsIn(haproxy)).toMatchObject({ stable1: 3, canary1: 1 });
      return true;
    });
    await haproxy.ask('set server app/stable1 state maint');
    expect(must(await router.observe())).toMatchObject({ canary: 25, stableReady: false });
  });

  test('clients that stick to the canary leave it at 0, and a request without end is ended with the drain', async () => {
    const sticky = (text: string): string =>
      text.replace(
        'balance roundrobin',
        'balance roundrobin\n    stick-table type ip size 1k expire 10m\n    stick on src',
      );
    const stable = await startAnswering('stable');
    const canary = await startUpstream((request, response) => {
      if (request.url === '/endless') response.write('begun');
      else response.end('canary');
    });
    const haproxy = await startHaproxy({ edit: sticky });
    const { backends, router, plane } = openSplit(await tempDir(), [haproxy]);
    must(await backends.point({ backend: 'stable', revision: 'old', endpoints: [stable.origin], epoch: 1 }));
    must(await backends.point({ backend: 'canary', revision: 'new', endpoints: [canary.origin], epoch: 1 }));
    const raise = async (weight: number) =>
      router.write({
        release: 'r1',
        epoch: 1,
        canary: weight,
        ifVersion: must(await router.observe()).version,
        latch: false,
      });
    must(await raise(100));
    expect(await fetchText(haproxy.origin)).toBe('canary');
    must(await raise(1));
    expect(new Set(await answers(haproxy.origin, 20))).toEqual(new Set(['canary']));
    const endless = fetchText(`${haproxy.origin}/endless`).catch(() => 'cut');
    await eventually(async () => must(await router.observe()).canaryInFlight === 1);
    must(await router.write({ release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true }));
    expect(new Set(await answers(haproxy.origin, 20))).toEqual(new Set(['stable']));
    expect(must(await router.observe()).canaryInFlight).toBe(1);
    expect(must(await router.closeStreams(1))).toBe(1);
    expect(await endless).toMatch(/cut|begun/);
    await eventually(async () => must(await router.observe()).canaryInFlight === 0);
    expect((await plane.examine()).flatMap(({ findings }) => findings.map(({ message }) => message)).join()).toContain(
      'has a stick table',
    );
  });
});
