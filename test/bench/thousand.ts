/** A thousand releases at once, with all state in memory: the loop and the judge alone. */
import { openMemoryStore } from '../../src/release/memory.ts';
import { must } from '../support/proxy.ts';
import { measureThousand } from './rig/thousand-releases.ts';

await measureThousand('memory store', must(openMemoryStore()));
