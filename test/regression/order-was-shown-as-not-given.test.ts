/** Right after an order, the command that gave it told what would have come without it, and `status --wait` asked for it again. */
import { expect, it } from 'vitest';
import { type CommandKind, command } from '../../src/release/command.ts';
import type { Release } from '../../src/release/release.ts';
import { nextMoveText } from '../../src/report/next-move.ts';
import { type ReleaseView, releaseView } from '../../src/report/release-view.ts';
import { bakingRelease } from '../support/sample-release.ts';

const waiting = (reason: string) => ({ reason, message: `${reason}.`, rule: null, atMs: 0, data: {} });

/** As shown before the loop has taken it up. */
const after = (release: Release, kind: CommandKind): ReleaseView => {
  const { revision, updatedAtMs: nowMs } = release;
  const ordered = command(release, { kind, revision, who: 'ann', reason: 'told to', atMs: nowMs });
  if (!ordered.ok) throw new Error(ordered.error.message);
  return releaseView({ release: ordered.value.release, policy: null, log: [], instances: null, nowMs });
};

const paused = bakingRelease({
  pauses: [{ by: 'person', who: 'ann', reason: '', sinceMs: 0 }],
  waiting: waiting('Paused'),
});

it.each([
  ['pause', bakingRelease({ waiting: waiting('StillBaking') }), '100 % held: Paused'],
  ['resume', paused, '100 % in 07:42 if nothing objects'],
  ['abort', bakingRelease({ waiting: waiting('StillBaking') }), 'rollback under way'],
  ['abort', paused, 'rollback under way'],
] as const)('%s: what comes next is what was ordered', (kind, release, text) => {
  expect(nextMoveText(after(release, kind).next)).toBe(text);
});

it.each([
  ['resume', 'Paused'],
  ['abort', 'Paused'],
] as const)('%s: nobody is asked again for what it answers', (kind, reason) => {
  expect(releaseView({ release: paused, policy: null, log: [], instances: null, nowMs: 0 }).attention).toMatchObject({
    reason,
  });
  expect(after(paused, kind).attention).toBeNull();
});

it.each([
  ['promote', 'AwaitingOrder', null],
  ['promote', 'RollbackForbidden', 'RollbackForbidden'],
  ['pause', 'LimitReached', 'LimitReached'],
] as const)('%s where it stands at %s', (kind, reason, left) => {
  expect(after(bakingRelease({ waiting: waiting(reason) }), kind).attention?.reason ?? null).toBe(left);
});
