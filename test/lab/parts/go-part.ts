/** Commands built from Go modules: versions and sums are pinned by the go.mod and go.sum in `go/NAME`. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Part, Workshop } from './part.ts';

export interface GoPart {
  readonly name: string;
  readonly version: string;
  readonly firstTime: string;
  /** Package by the name of the command. */
  readonly commands: Readonly<Record<string, string>>;
  /** String variables that the linker sets. */
  readonly set?: Readonly<Record<string, string>>;
}

export const moduleFolder = (name: string): string => join(import.meta.dirname, 'go', name);

export function goPart({ name, version, firstTime, commands, set = {} }: GoPart): Part {
  const assignments = Object.entries(set).map(([variable, value]) => `-X ${variable}=${value}`);
  const linkerFlags = ['-s', '-w', ...assignments].join(' ');
  const make = async ({ folder, run }: Workshop): Promise<void> => {
    const module = join(folder, 'module');
    cpSync(moduleFolder(name), module, { recursive: true });
    for (const [command, from] of Object.entries(commands)) {
      const flags = ['-trimpath', '-buildvcs=false', '-ldflags', linkerFlags, '-o', join(folder, command)];
      await run(['go', 'build', ...flags, from], { cwd: module, env: { CGO_ENABLED: '0' } });
    }
  };
  return { name, version, firstTime, tools: ['go'], files: Object.keys(commands), make };
}
