/** Whether a leader shows itself. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BeatWatch } from '../../src/wiring/beat-watch.ts';
import { beginHeartbeat, leaderPath } from '../../src/wiring/leader-file.ts';
import { atTestEnd } from '../support/at-end.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a controller that fails at each start shows itself to a standby, and to nobody who waits for one that controls', async () => {
  const stateDir = await tempDir();
  const [any, open] = [new BeatWatch(stateDir, 'any'), new BeatWatch(stateDir, 'open')];
  expect([any.look(), open.look()]).toEqual([0, 0]);
  for (const start of [1, 2, 3]) {
    const heartbeat = beginHeartbeat(stateDir, start, () => {});
    expect([any.look(), open.look()]).toEqual([0, 2 * start - 1]);
    heartbeat.stop();
    expect([any.look(), open.look()]).toEqual([0, 2 * start]);
  }
});

test('one whose API is open shows itself, until its file says nothing that is understood', async () => {
  const stateDir = await tempDir();
  const open = new BeatWatch(stateDir, 'open');
  open.look();
  const heartbeat = beginHeartbeat(stateDir, 1, () => {});
  atTestEnd(() => heartbeat.stop());
  heartbeat.announce('http://127.0.0.1:1');
  expect(open.look()).toBe(0);
  writeFileSync(leaderPath(stateDir), '{');
  expect([open.look(), open.look()]).toEqual([0, 1]);
});
