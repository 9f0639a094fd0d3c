/** `npm run bench [-- name...]`: runs the measurements of this folder one after the other, each in a process of its own, as the shipped service runs. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { shippedFlags } from './rig/shipped-flags.ts';

/** Every file here but this one is a measurement; what several share stands in a folder below. */
const found = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== basename(import.meta.filename))
  .map((entry) => basename(entry.name, '.ts'))
  .sort();
const [, , ...asked] = process.argv;
const unknown = asked.filter((name) => !found.includes(name));

if (asked.includes('--help') || asked.includes('-h')) {
  console.log(
    `npm run bench [-- name...]: all of them, or those named, on an idle machine; there are: ${found.join(', ')}`,
  );
} else if (unknown.length > 0) {
  console.error(`no measurement ${unknown.join(', ')}; there are: ${found.join(', ') || 'none'}`);
  process.exitCode = 3;
} else {
  const cores = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`;
  console.log(
    `${cores.length} cores (${cores[0]?.model ?? arch()}), ${memory}, ${platform()}, node ${process.version} ${shippedFlags().join(' ')}`,
  );
  const failed = (asked.length > 0 ? asked : found).filter((name) => run(name) !== 0);
  if (failed.length > 0) console.error(`\nfailed: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function run(name: string): number {
  console.log(`\n== ${name} (load before it: ${loadavg()[0]?.toFixed(1)})`);
  const file = join(import.meta.dirname, `${name}.ts`);
  const options = [...process.execArgv, '--disable-warning=ExperimentalWarning', ...shippedFlags()];
  const { status } = spawnSync(process.execPath, [...options, file], { stdio: 'inherit' });
  return status ?? 1;
}
