/** `npm run bench:cluster [-- name...]`: the controller's figures on the lab, each beside what is to be reached. */
import { loadavg } from 'node:os';
import { openGround } from '../../faults/ground.ts';
import { withCleanUp } from '../rig/clean-up.ts';
import { breachScenarios } from './breach-scenarios.ts';
import { failOver } from './fail-over.ts';
import { fleetScenarios, type Scenario } from './fleet-scenarios.ts';
import { rowText } from './row.ts';
import { thousand } from './thousand.ts';

const meshed = { ...breachScenarios, 'fail-over': failOver };
const scenarios: Readonly<Record<string, Scenario>> = { ...meshed, ...fleetScenarios, thousand };
const [, , ...asked] = process.argv;
const chosen = asked.length > 0 ? asked : Object.keys(scenarios);
/** One lab serves all of them. */
const extent = chosen.some((name) => name in meshed) ? 'whole' : 'bare';
const unknown = asked.filter((name) => !(name in scenarios));

async function run(name: string): Promise<number> {
  console.log(`\n== ${name} (load before it: ${loadavg()[0]?.toFixed(1)})`);
  try {
    await withCleanUp(async (atEnd) => {
      const rows = await scenarios[name]?.(await openGround(atEnd, extent), atEnd);
      for (const row of rows ?? []) console.log(rowText(row));
    });
    return 0;
  } catch (error) {
    console.error(`  failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

async function main(): Promise<number> {
  if (asked.includes('--help') || asked.includes('-h')) {
    console.log(
      `npm run bench:cluster [-- name...]: all, or those named, on an idle machine: ${Object.keys(scenarios).join(', ')}`,
    );
    return 0;
  }
  if (unknown.length > 0) {
    console.error(`no measurement ${unknown.join(', ')}; there are: ${Object.keys(scenarios).join(', ')}`);
    return 3;
  }
  let failed = 0;
  for (const name of chosen) failed += await run(name);
  return failed > 0 ? 1 : 0;
}

// Watches that nobody reads any more keep nothing alive.
process.exit(await main());
