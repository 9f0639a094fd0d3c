/** Of two real haproxy processes one hangs, is killed, or is changed by hand: the other is not held up, and what is missing is named. */
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { answers, weightsIn } from '../../support/haproxy.ts';
import { canariesIn, startPair } from '../../support/haproxy-pair.ts';
import { needs } from '../../support/needs.ts';
import { must } from '../../support/proxy.ts';

describe.runIf(needs('haproxy'))('of two haproxies', () => {
  test('one that hangs delays no other: the canary is at 0 there at once, and the one that has it not is named', async () => {
    const { first, second, weigh, router, observe } = await startPair({ deadlineMs: 500 });
    must(await weigh(50));
    await first.hang();
    const lowering = router.write({ release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true });
    await eventually(async () => (await weightsIn(second))['canary1'] === undefined, { withinMs: 400 });
    const lowered = await lowering;
    expect(lowered).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    if (!lowered.ok) {
      expect(lowered.error.message).toContain(`haproxy at ${first.socketPath}: no answer within`);
      expect(lowered.error.message).toContain('the other one has it');
    }
    const missing = [{ name: first.socketPath, serves: 'unknown', message: expect.stringContaining('does it hang?') }];
    expect(await observe()).toMatchObject({ canary: 0, rolledBack: 'r1', since: null, missing });
    first.goOn();
    await eventually(async () => (await observe()).missing === undefined);
    expect(await observe()).toMatchObject({ canary: 0, rolledBack: 'r1' });
    expect(await weightsIn(first)).toEqual({ stable1: 1 });
  });

  test('a switch-off that one did not hear is not done: it is told again until it has heard', async () => {
    const { first, second, weigh, plane } = await startPair({ deadlineMs: 500 });
    must(await weigh(25));
    await first.hang();
    const switchOff = () => plane.switchOff({ atMs: Date.now(), silentMs: 5_000 });
    expect(await switchOff()).toMatchObject({ ok: false });
    expect(await weightsIn(second)).toEqual({ stable1: 1 });
    expect(await switchOff()).toMatchObject({ ok: false });
    first.goOn();
    expect(must(await switchOff())).toMatchObject({ canary: 0, switchedOff: { from: 25 } });
    expect(await weightsIn(first)).toEqual({ stable1: 1 });
  });

  test('nothing is raised while one is missing, and a raise that only one took is taken back there', async () => {
    const { first, second, weigh, router, plane, observe, backends } = await startPair();
    must(await weigh(25));
    const { version } = must(await plane.look());
    await second.process().end('SIGKILL');
    const gone = { name: second.socketPath, serves: 'nobody', message: expect.stringContaining('nobody listens') };
    await eventually(async () => (await observe()).missing?.length === 1);
    await eventually(async () => {
      expect(await observe()).toMatchObject({ canary: 25, missing: [gone] });
      return true;
    });
    const raised = await router.write({ release: 'r1', epoch: 1, canary: 50, ifVersion: version, latch: false });
    expect(raised).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
    if (!raised.ok) expect(raised.error.message).toContain(second.socketPath);
    expect(await weightsIn(first)).toEqual({ stable1: 3, canary1: 1 });
    const lowered = await router.write({ release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true });
    expect(lowered).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
    expect(await weightsIn(first)).toEqual({ stable1: 1 });
    expect(await observe()).toMatchObject({ canary: 0, rolledBack: 'r1', missing: [gone] });
    expect(must(await router.closeStreams(1))).toBe(0);
    must(await backends.point({ backend: 'canary', revision: null, endpoints: [], epoch: 1 }));
    await second.start();
    await eventually(async () => (await observe()).missing === undefined);
    expect(await weightsIn(second)).toEqual({ stable1: 1 });
    expect(canariesIn(await answers(second.origin, 20))).toBe(0);
  });

  test('changed by hand in one while the other is away: it is seen, and put back where somebody is', async () => {
    const { first, second, weigh, router, observe } = await startPair();
    must(await weigh(25));
    await second.process().end('SIGKILL');
    await eventually(async () => (await observe()).missing?.[0]?.serves === 'nobody');
    await first.ask('set weight app/canary1 9');
    expect(await observe()).toMatchObject({ canary: 75 });
    await router.write({ release: 'r1', epoch: 1, canary: 25, ifVersion: null, latch: false });
    expect(await observe()).toMatchObject({ canary: 25 });
    expect(await weightsIn(first)).toEqual({ stable1: 3, canary1: 1 });
  });

  test('a runtime API on TCP carries weights, is named by its address, and told from one that is gone', async () => {
    const { first, second, observe, weigh } = await startPair({ over: 'tcp' });
    must(await weigh(25));
    expect([await weightsIn(first), await weightsIn(second)]).toEqual([
      { stable1: 3, canary1: 1 },
      { stable1: 3, canary1: 1 },
    ]);
    await second.process().end('SIGKILL');
    const gone = { name: second.runtimeAddress, serves: 'nobody' };
    await eventually(async () => {
      expect(await observe()).toMatchObject({ missing: [gone] });
      return true;
    });
    await second.start();
    await eventually(async () => (await observe()).missing === undefined);
    expect(await observe()).toMatchObject({ canary: 0 });
    must(await weigh(25));
    expect(await weightsIn(second)).toEqual({ stable1: 3, canary1: 1 });
  });
});
