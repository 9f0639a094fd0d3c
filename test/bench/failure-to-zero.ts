/** From the first request that a user saw fail to weight 0: a canary that fails everything, 25 % of 100 requests/s, by scrape and by Prometheus. */
import { setTimeout as delay } from 'node:timers/promises';
import type { VersionCounts } from '../../src/cli/demo/load-tally.ts';
import type { AtEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { howToInstall, missingPrograms, needs } from '../support/needs.ts';
import { startSampleService, type TestService } from '../support/sample-service.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure, type Reach } from './rig/figure.ts';
import { followedPrometheus } from './rig/followed-prometheus.ts';
import { openStand, type Stand } from './rig/stand.ts';

interface Source {
  readonly name: string;
  readonly runs: number;
  readonly seconds: Reach;
  readonly failed: Reach;
  /** The stand, and how a canary becomes known to the source before it has users. */
  open(atEnd: AtEnd): Promise<{ readonly stand: Stand; know(canary: string): Promise<void> }>;
}

const scrape: Source = {
  name: 'direct scrape at 250 ms',
  runs: 10,
  seconds: { median: 0.8 },
  failed: { median: 20 },
  open: async (atEnd) => {
    const source = () => ({ scrape: { interval: '250ms', timeout: '1s' } });
    return { stand: await openStand({ atEnd, source }), know: async () => {} };
  },
};

const prometheus: Source = {
  name: 'Prometheus, scrape and poll at 1 s',
  runs: 6,
  seconds: { median: 1.5 },
  failed: { median: 40 },
  open: async (atEnd) => {
    const server = await followedPrometheus(atEnd);
    let stableHost = '';
    const source = async (stable: string) => {
      stableHost = new URL(stable).host;
      await server.follow([stableHost]);
      return { prometheus: { url: server.url, interval: '1s', timeout: '1s' } };
    };
    const stand = await openStand({ atEnd, source });
    return { stand, know: (canary) => server.follow([stableHost, canary]) };
  },
};

/** When a canary begins to fail everything. Health that was proven before takes more failures to outweigh. */
const onsets = [
  { onset: 'from its first request on', isPromised: true },
  { onset: 'after 10 s of health', isPromised: false },
] as const;

type Onset = (typeof onsets)[number]['onset'];

interface Outcome {
  readonly seconds: number;
  readonly failed: number;
}

const countsOf = ({ load }: Stand, revision: string): VersionCounts | undefined =>
  load.latest()?.total.versions[revision];

for (const source of needs('prometheus') ? [scrape, prometheus] : [scrape])
  await withCleanUp((atEnd) => measure(source, atEnd));
if (!needs('prometheus')) console.log(`failure to zero, by Prometheus: NOT RUN: ${howToInstall(missingPrograms())}`);

async function measure(source: Source, atEnd: AtEnd): Promise<void> {
  const { stand, know } = await source.open(atEnd);
  for (const { onset, isPromised } of onsets) {
    const outcomes: Outcome[] = [];
    for (let run = 1; run <= (isPromised ? source.runs : source.runs / 2); run += 1) {
      const revision = `${isPromised ? 'bad' : 'turns'}-${run}`;
      outcomes.push(await withCleanUp((end) => oneRun({ stand, know, revision, onset }, end)));
    }
    const [seconds, failed] = [outcomes.map((each) => each.seconds), outcomes.map((each) => each.failed)];
    const told = (values: readonly number[], reach: Reach) => ({ values, reach: isPromised ? reach : null });
    console.log(`failure to zero: ${source.name}; the canary fails everything ${onset}`);
    console.log(figure('first failed request -> weight 0', 's', told(seconds, source.seconds)));
    console.log(figure('user requests failed', 'requests', told(failed, source.failed)));
  }
}

interface Run {
  readonly stand: Stand;
  readonly know: (canary: string) => Promise<void>;
  readonly revision: string;
  readonly onset: Onset;
}

async function oneRun({ stand, know, revision, onset }: Run, atEnd: AtEnd): Promise<Outcome> {
  const isBadFromStart = onset === 'from its first request on';
  const env = { VERSION: revision, LATENCY_MS: '10', ERROR_RATE: isBadFromStart ? '1' : '0' };
  const canary = await startSampleService(env, atEnd);
  await know(new URL(canary.url).host);
  const fromMs = Date.now();
  const id = await stand.start(revision, canary.url);
  if (!isBadFromStart) await breakLater(stand, { id, canary });
  const first = await eventually(() => countsOf(stand, revision)?.firstFailedAtMs, { withinMs: 60_000 });
  const zeroAtMs = await stand.zeroAtMs(Math.max(fromMs, first));
  await stand.until(id, ({ ended }) => ended);
  // The load reports each second: what was under way at weight 0 is in the report after the next.
  await delay(2_000);
  return { seconds: (zeroAtMs - first) / 1_000, failed: countsOf(stand, revision)?.failed ?? 0 };
}

/** Not at a whole second of the poll's: the moment is any. */
async function breakLater(stand: Stand, { id, canary }: { id: string; canary: TestService }): Promise<void> {
  await stand.until(id, ({ phase }) => phase === 'baking');
  await delay(10_000 + Math.random() * 1_000);
  await canary.control({ errorRate: 1 });
}
