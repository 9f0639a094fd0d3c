/** That each secret was sent to its own service, and to nobody else. */
import { expect } from 'vitest';
import type { PlantedSecrets } from './planted-secrets.ts';
import { type RunbookHooks, throwsBack } from './runbook-hooks.ts';

/** Names of secrets by the first word of the path that may get them. */
type Homes = Readonly<Record<string, readonly string[]>>;

/** `more`: besides the planted targets. */
export function expectAtHome(hooks: RunbookHooks, secrets: PlantedSecrets, more: Homes): void {
  const homes = { ...ownHomes, ...more };
  const met = new Set<string>();
  const strays = hooks.all().flatMap((call) => {
    const found = secrets.foundIn(JSON.stringify(call));
    for (const name of found) met.add(name);
    const own = homes[call.path.replace(throwsBack, '/').split('/')[1] ?? ''] ?? [];
    return found.filter((name) => !own.includes(name)).map((name) => `${name} at ${call.path}`);
  });
  expect(strays).toEqual([]);
  expect([...met]).toEqual(expect.arrayContaining(Object.values(homes).flat()));
}

const ownPlaces = ['slack', 'incoming', 'teams', 'discord', 'chat', 'pagerduty', 'github', 'pager'];

const ownHomes: Homes = {
  ...Object.fromEntries(ownPlaces.map((name) => [name, [name]])),
  hook: ['hook', 'bearer'],
};
