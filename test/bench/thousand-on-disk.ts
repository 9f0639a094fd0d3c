/** A thousand releases at once, each look saved to SQLite as the product does; no figure is promised for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/release/sqlite.ts';
import { must } from '../support/proxy.ts';
import { measureThousand } from './rig/thousand-releases.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await measureThousand('SQLite store', must(openSqliteStore({ path: join(folder, 'sluice.db') })));
