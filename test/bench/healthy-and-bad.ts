/** How healthy and bad canaries fare at the product's defaults: a few hundred simulated releases a row, enough to see a mistake. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const runs = 300;
const rows = ['product-healthy-0.05', 'product-bad', 'literal-beside'];

console.log(
  `healthy and bad canaries: ${runs} releases a row; \`npm run simulate\` makes as many as the bounds are meant for`,
);
const simulate = join(import.meta.dirname, '..', 'simulate', 'main.ts');
const words = [...rows.flatMap((row) => ['--only', row]), '--runs', String(runs)];
const { status } = spawnSync(process.execPath, [simulate, ...words], { stdio: 'inherit' });
// With so few runs a bound may fail by chance: the whole simulation is what decides.
if (status !== 0 && status !== 1) process.exitCode = 1;
