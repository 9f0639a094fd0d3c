/** That whoever took a release back learns that stable fails, too: in the log, by a page, and from the commands. */
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import type { RunbookHooks } from './runbook-hooks.ts';
import type { World } from './world.ts';

interface Scene {
  readonly world: World;
  readonly hooks: RunbookHooks;
  readonly tokenFile: (name: string) => string;
}

const says = (text: string): boolean => text.includes('the rollback did not help');

/** Once `v1` fails after the rollback of the world's release. */
export async function expectNoHelpSaid({ hooks, tokenFile, world }: Scene): Promise<void> {
  const line = await eventually(async () => (await world.log()).find(({ message }) => says(message)) ?? null, {
    withinMs: 150_000,
  });
  expect(line).toMatchObject({ reason: 'RollbackDidNotHelp', data: { rule: 'error_rate', stable: 'v1' } });
  await eventually(() => expect(hooks.pages('/releases').filter(({ body }) => says(body))).toHaveLength(1));
  expect((await world.release()).rollback?.didNotHelp).toBe(line.message);
  expect((await world.sluice('--token-file', tokenFile('ada'), 'explain', 'app')).out).toContain(
    'the rollback did not help',
  );
}
