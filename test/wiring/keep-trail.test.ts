/** The trail says in its own fields who did what: a value that is called like one of them does not take its place. */
import { expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { ok } from '../../src/lib/result.ts';
import { LogTrail } from '../../src/release/log-trail.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import { keepTrail } from '../../src/wiring/keep-trail.ts';
import { value } from '../contract/store.ts';
import { aRelease } from '../support/a-release.ts';
import { eventually } from '../support/eventually.ts';
import { logLines } from '../support/log-lines.ts';

it('a value of a result replaces no field, in the trail and in the log', async () => {
  const trail = new LogTrail(value(openMemoryStore()));
  const { lines, log } = logLines();
  const values = { coverage: 83, digests: 0, outcome: 1, name: 2, who: 3, revision: 4, level: 5, msg: 6 };
  keepTrail({ trail, clock: systemClock, log }).attested('app', {
    ...{ name: 'tests', revision: 'v2', outcome: 'fail', values, who: 'ci', reason: 'nightly', atMs: 7 },
    ...{ caller: null, groups: [], digests: ['sha256:aa', 'sha256:bb'] },
  });
  const data = { coverage: 83, name: 'tests', outcome: 'fail', digests: 'sha256:aa sha256:bb' };
  const said = { who: 'ci', revision: 'v2', data };
  expect(value(await trail.trail({ limit: 1 }))).toMatchObject([said]);
  expect(lines).toMatchObject([{ ...said, level: 'info', msg: 'trail' }]);
});

it('an order that nothing came of is in the trail, with who wanted what, and why not', async () => {
  const trail = new LogTrail(value(openMemoryStore()));
  const problem = { reason: 'NotRetryable', message: 'it runs', retryable: false };
  const order = { policy: 'app', revision: 'v2', who: 'ada', action: 'retry', why: 'again', problem };
  keepTrail({ trail, clock: systemClock, log: logLines().log }).refused(order);
  expect(value(await trail.trail({ limit: 1 }))).toMatchObject([
    { what: 'OrderRefused', who: 'ada', revision: 'v2', why: 'again', message: 'ada: retry is refused: it runs' },
  ]);
});

it('where the log of a release is no JSON any more, that is told in the log, and nothing else comes of it', async () => {
  const { lines, log } = logLines();
  const edited = {
    releases: async () => ok([aRelease()]),
    log: () => Promise.reject(new SyntaxError('Unexpected end of JSON input')),
  };
  const keeper = keepTrail({ trail: new LogTrail(edited), clock: systemClock, log });
  keeper.policyTaken('app', { hash: 'a', generation: 1, by: 'kubectl' });
  await eventually(() => expect(lines).toMatchObject([{ level: 'error', thrown: 'Unexpected end of JSON input' }]));
});
