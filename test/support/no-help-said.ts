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

/** Where `v1` fails from the rollback of the world's release on. */
export async function expectNoHelpSaid({ hooks, tokenFile, world }: Scene): Promise<void> {
  const line = await eventually(async () => (await world.log()).find(({ message }) => says(message)) ?? null, {
    withinMs: 150_000,
  });
  expect(line).toMatchObject({ reason: 'RollbackDidNotHelp', data: { rule: 'error_rate', stable: 'v1' } });
  // What is not answered in time is sent again, word for word.
  const pages = () => new Set(hooks.pages('/releases').flatMap(({ body }) => (says(body) ? [body] : [])));
  await eventually(() => expect(pages().size).toBe(1), { withinMs: 60_000 });
  expect((await world.release()).rollback?.didNotHelp).toBe(line.message);
  expect((await world.sluice('--token-file', tokenFile('ada'), 'explain', 'app')).out).toContain(
    'the rollback did not help',
  );
}
