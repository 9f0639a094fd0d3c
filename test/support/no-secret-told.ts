/** That no planted secret stands in anything that was said, written, sent or handed on, but where it has to be. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EventStream } from './event-stream.ts';
import { everyFile, everyOutput } from './every-output.ts';
import type { PlantedSecrets } from './planted-secrets.ts';
import { proxyPids } from './proxy-log.ts';
import { runbookTokens } from './runbook.ts';
import type { RunbookHooks } from './runbook-hooks.ts';
import { expectAtHome } from './secrets-at-home.ts';
import type { World } from './world.ts';

export interface Overheard {
  readonly world: World;
  readonly hooks: RunbookHooks;
  readonly secrets: PlantedSecrets;
  /** That was read from the beginning. */
  readonly events: EventStream;
  /** Of somebody whom the runbook names. */
  readonly tokenFile: (name: string) => string;
}

export async function expectNoSecretTold({ events, hooks, secrets, tokenFile, world }: Overheard): Promise<void> {
  const asked = { token: runbookTokens['ada'] ?? '', tokenFile: tokenFile('ada') };
  const said = [...(await everyOutput(world, asked)), ['events', events.text()] as const];
  expect(said.filter(([, text]) => text.length < 2)).toEqual([]);
  expect(events.events.length).toBeGreaterThan(10);
  const told = said.map(([where, text]) => [where, secrets.foundIn(text)] as const);
  expect(told.filter(([, found]) => found.length > 0)).toEqual([]);
  expectAtHome(hooks, secrets, { 'database-backup': ['check'] });
  const pids = [...proxyPids(world.policyDir), ...world.instances('v1').flatMap(({ pid }) => pid ?? [])];
  expect(pids.length).toBeGreaterThan(4);
  for (const pid of pids) expect(secrets.foundIn(readFileSync(`/proc/${pid}/environ`, 'latin1'))).toEqual([]);
  const files = everyFile(join(world.policyDir, '..')).map((file) => ({ ...file, found: secrets.foundIn(file.text) }));
  const holding = files.filter(({ found }) => found.length > 0);
  expect(holding.flatMap(({ found }) => found).filter((name) => !kept.includes(name))).toEqual([]);
  expect(new Set(holding.flatMap(({ found }) => found))).toEqual(new Set(kept));
  expect(holding.filter(({ isOpen }) => isOpen).map(({ path }) => path)).toEqual([]);
}

/** What an instance is started with has to be there for its next start, and a backup is made to be brought back. */
const kept: readonly string[] = ['database', 'kept'];
