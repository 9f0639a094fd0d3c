/** Custom resource definitions, taken as they are from the Go modules that ship them, as JSON, because that is read in no time. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Part } from './part.ts';

/** A file, or a folder of files, inside a module. */
interface Source {
  readonly module: string;
  readonly path: string;
}

/** The version of the whole is made of its sources'. */
export function manifestPart(sources: Readonly<Record<string, Source>>): Part {
  const version = Object.values(sources).map(({ module }) => module.slice(module.lastIndexOf('@') + 1));
  return {
    name: 'manifests',
    version: version.join('-'),
    firstTime: 'a few seconds',
    tools: ['go'],
    files: Object.keys(sources),
    make: async ({ folder, run }) => {
      await run(['go', 'mod', 'init', 'sluice.dev/lab/manifests'], { cwd: folder });
      const modules = Object.values(sources).map(({ module }) => module);
      await run(['go', 'mod', 'download', ...modules], { cwd: folder });
      for (const [file, { module, path }] of Object.entries(sources)) {
        const text = yamlIn(join(folderOf(module, folder), path));
        const objects = parseAllDocuments(text).map((document) => document.toJS() as unknown);
        writeFileSync(join(folder, file), JSON.stringify(objects.filter((object) => object !== null)));
      }
    },
  };
}

function folderOf(module: string, cwd: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', module], { cwd, encoding: 'utf8' });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

function yamlIn(path: string): string {
  if (statSync(path).isFile()) return readFileSync(path, 'utf8');
  const files = readdirSync(path).filter((file) => /\.ya?ml$/.test(file) && file !== 'kustomization.yaml');
  return files.map((file) => readFileSync(join(path, file), 'utf8')).join('\n---\n');
}
