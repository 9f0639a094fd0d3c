/** `npm run upgrades`: what an upgrade of the controller, and of the API server, does to many releases that are under way. */
import { parseArgs } from 'node:util';
import { withCleanUp } from '../bench/rig/clean-up.ts';
import { openGround } from '../faults/ground.ts';
import { isCached } from '../lab/parts/cache.ts';
import { apiServerBefore } from '../lab/parts/parts.ts';
import { apiServerUpgrade } from './api-server-upgrade.ts';
import { controllerUpgrade } from './controller-upgrade.ts';
import { versionBefore } from './version-before.ts';

const help = `Upgrades in the midst of releases: nothing may be started, lost or made anew, no weight may change but by its plan, and all releases go on.

  npm run upgrades -- controller [--size N] [--from COMMIT]
  npm run upgrades -- api-server [--size N]

  controller       a new controller starts beside the old one and takes over; then another one, on records as the first version
                   wrote them
  api-server       the API server is followed by one of the next minor version, on the same etcd; the one before it is
                   built first (npm run lab -- parts --api-server-before), in 5 to 10 minutes
  --size N         policies; 100
  --from COMMIT    the controller of this commit is the one that is upgraded; default: of this checkout

About 5 minutes each. Exit: 0 all as it must be, 1 something is not, 3 wrong use.`;

const began = performance.now();
const say = (line: string): void => console.log(`[${((performance.now() - began) / 1_000).toFixed(0)} s] ${line}`);

interface Wish {
  readonly what: string;
  readonly size: number;
  readonly from: string | null;
}

const upgrade = ({ what, size, from }: Wish): Promise<readonly string[]> =>
  withCleanUp(async (atEnd) => {
    if (what === 'api-server') return apiServerUpgrade(await openGround(atEnd, 'bare', 'before'), { size, atEnd }, say);
    const program = from === null ? undefined : await versionBefore(from, atEnd);
    return controllerUpgrade(await openGround(atEnd), { size, atEnd, program }, say);
  });

async function main(): Promise<number> {
  const options = {
    size: { type: 'string', default: '100' },
    from: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  const { positionals, values } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [what = ''] = positionals;
  const size = Number(values.size);
  if (!['controller', 'api-server'].includes(what) || !Number.isInteger(size) || size < 1) {
    console.error(help);
    return 3;
  }
  if (what === 'api-server' && !isCached(apiServerBefore)) {
    console.error('the API server of the version before is not built: npm run lab -- parts --api-server-before');
    return 3;
  }
  const faults = await upgrade({ what, size, from: values.from ?? null });
  for (const fault of faults) console.error(`  ${fault}`);
  say(faults.length === 0 ? 'nothing else happened' : `${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

// Watches that nobody reads any more keep nothing alive.
process.exit(
  await main().catch((error: unknown) => {
    console.error(`upgrades: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }),
);
