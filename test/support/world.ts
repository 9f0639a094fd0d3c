/**
 * The whole product on one machine: real Prometheus, `sluice run`, the services that it starts, and users.
 *
 *     users (load process) ──► proxy ──► v1, v2 ... (sample services, started by Sluice)
 *                                ▲         ▲ scraped each second, found by file
 *                           controller ◄── Prometheus
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { ApiClient } from '../../src/cli/api-client.ts';
import type { Load } from '../../src/cli/demo/load.ts';
import type { LoadCounts } from '../../src/cli/demo/load-tally.ts';
import type { SampleFaults } from '../../src/cli/demo/sample-faults.ts';
import type { LogEntry } from '../../src/release/log.ts';
import type { ReleaseView } from '../../src/report/release-view.ts';
import type { InstanceRecord } from '../../src/workload/process-records.ts';
import { announceTargets, targetsFile } from './announced-targets.ts';
import { type AtEnd, endOf } from './at-end.ts';
import { changeFaults } from './change-faults.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { instanceRecords } from './instance-records.ts';
import { isAlive, signalById } from './process.ts';
import { type PrometheusServer, startPrometheus } from './prometheus.ts';
import { knows } from './prometheus-query.ts';
import { must } from './proxy.ts';
import { proxyPids, type WeightSpan, weightSpans } from './proxy-log.ts';
import { startRoundRobin } from './round-robin.ts';
import { type RunningController, runController } from './running-controller.ts';
import { type CommandOutcome, sluice } from './sluice-command.ts';
import { startUsers } from './start-users.ts';
import { tellWhenFailed } from './tell-when-failed.ts';
import { tempDir } from './temp-dir.ts';
import {
  errorRule,
  policyName,
  policyText,
  type SpecWords,
  sampleTarget,
  type Tokens,
  tokenWords,
} from './world-files.ts';

export interface WorldOptions {
  /** Text of the rule file; default: error_rate above 1 % is critical. */
  readonly rules?: string;
  /** Words of the plan, and of the policy's spec, that differ from the usual. */
  readonly plan?: SpecWords;
  readonly spec?: SpecWords;
  /** Words of the built-in proxy beside its address. */
  readonly proxy?: SpecWords;
  /** `pair`: two of them, behind a round-robin. */
  readonly prometheus?: 'one' | 'pair';
  readonly ratePerSecond?: number;
  /** `host:port` of what Prometheus scrapes besides the instances. */
  readonly scraped?: readonly string[];
  /** Where users connect; default: the built-in proxy. */
  readonly users?: string;
  /** Of people who may give orders, by their names; `tester` is who the world's own orders come from. Default: the API is open. */
  readonly tokens?: Tokens;
  /** Flags of the controller, besides the usual. */
  readonly words?: readonly string[];
  /** Weights that users had; default: as the built-in proxy wrote them down. */
  readonly spans?: () => readonly WeightSpan[];
}

/** How a canary differs from a healthy one, and what its start says of this release alone. */
export interface Start {
  readonly env?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly own?: SpecWords;
}

export interface World {
  readonly controller: RunningController;
  readonly prometheus: readonly PrometheusServer[];
  readonly rulesFile: string;
  /** Folder of the policy's state. */
  readonly policyDir: string;
  /** As one of those who have a token. */
  readonly api: (name?: string) => ApiClient;
  /** Begins a release and remembers it for `release`, `until`, `order` and `log`. */
  start(revision: string, start?: Start): Promise<ReleaseView>;
  /** The same with instances that run already; they are scraped, too. */
  startEndpoints(revision: string, urls: readonly string[]): Promise<ReleaseView>;
  /** The same by the hosts and commands of the policy. */
  startOnHosts(revision: string): Promise<ReleaseView>;
  release(): Promise<ReleaseView>;
  /** Waits for the release to be so, and answers it then. */
  until(condition: (view: ReleaseView) => boolean, withinMs?: number): Promise<ReleaseView>;
  order(action: string, words?: object): Promise<ReleaseView>;
  log(): Promise<readonly LogEntry[]>;
  /** Weights that users had since the release was begun. */
  spans(): readonly WeightSpan[];
  weights(): readonly number[];
  instances(revision: string): readonly InstanceRecord[];
  /** Changes how all instances of a revision behave. */
  control(revision: string, faults: Partial<SampleFaults>): Promise<void>;
  /** What the users got so far, at most a second old. */
  users(): LoadCounts;
  /** Users' requests that the service failed, or did not answer. */
  failed(): number;
  /** Longest time that no user was answered well. */
  interruptedMs(): number;
  sluice(...words: readonly string[]): Promise<CommandOutcome>;
}

/** Settles when stable serves users, and Prometheus has seen it. Several may stand side by side, each of a test of its own. */
export async function startWorld(test: TestContext, options: WorldOptions = {}): Promise<World> {
  const atEnd = endOf(test);
  const { plan = {}, spec = {}, proxy = {}, ratePerSecond = 250, tokens } = options;
  const folder = await tempDir(atEnd);
  const [stateDir, rulesFile] = [join(folder, 'state'), join(folder, 'rules.yaml')];
  const policyDir = join(stateDir, policyName);
  writeFileSync(rulesFile, options.rules ?? errorRule);
  const prometheus = await startServers(folder, options, atEnd);
  const [first] = prometheus;
  const prometheusUrl =
    prometheus.length === 1
      ? (first?.url ?? '')
      : await startRoundRobin(
          prometheus.map(({ url }) => url),
          atEnd,
        );
  const listen = `127.0.0.1:${await freePort()}`;
  const policyFile = join(folder, 'policy.yaml');
  writeFileSync(policyFile, policyText({ listen, prometheusUrl, rulesFile, plan, spec, proxy }));
  endServicesAtLast(policyDir, atEnd);
  const controller = await runController({
    policyFile,
    stateDir,
    compress: 60,
    words: [...tokenWords(folder, tokens), ...(options.words ?? [])],
    atEnd,
  });
  const announce = announceTargets({ folder, policyDir, controller, atEnd });
  const announceMore = (targets: readonly string[]): void => announce([...(options.scraped ?? []), ...targets]);
  announceMore([]);
  await eventually(async () => (await fetch(`${controller.url()}/readyz`)).ok, { withinMs: 30_000 });
  const load = await startUsers(options.users ?? `http://${listen}/`, ratePerSecond, atEnd);
  await eventually(
    async () => (await Promise.all(prometheus.map(({ url }) => knows(url, 'http_requests_total')))).every(Boolean),
    {
      withinMs: 30_000,
      everyMs: 100,
    },
  );
  const { spans = () => weightSpans(policyDir) } = options;
  const parts = { test, controller, prometheus, rulesFile, policyDir, load, tokens };
  return worldOf({ ...parts, announce: announceMore, allSpans: spans });
}

const startServers = (
  folder: string,
  { prometheus = 'one' }: WorldOptions,
  atEnd: AtEnd,
): Promise<readonly PrometheusServer[]> => {
  const replicas = prometheus === 'one' ? ['a'] : ['a', 'b'];
  return Promise.all(
    replicas.map((replica) => startPrometheus({ targetFiles: [targetsFile(folder)], replica }, atEnd)),
  );
};

/** Data plane and instances outlive their controller, as they should, but not the test. */
function endServicesAtLast(policyDir: string, atEnd: AtEnd): void {
  atEnd(async () => {
    const pids = (): readonly number[] => [
      ...proxyPids(policyDir),
      ...instanceRecords(policyDir).flatMap(({ pid }) => pid ?? []),
    ];
    for (const pid of pids().filter(isAlive)) signalById(pid, 'SIGKILL');
    await eventually(() => !pids().some(isAlive), { withinMs: 5_000 });
  });
}

/** What a world is made of, and whose it is. */
interface Parts extends Pick<World, 'controller' | 'prometheus' | 'rulesFile' | 'policyDir'> {
  readonly test: TestContext;
  readonly load: Load;
  readonly tokens: WorldOptions['tokens'];
  readonly allSpans: () => readonly WeightSpan[];
  /** Targets besides those that Sluice started. */
  readonly announce: (targets: readonly string[]) => void;
}

function worldOf({ load, announce, allSpans, tokens, ...parts }: Parts): World {
  const { controller, policyDir } = parts;
  let current = { id: '', revision: '', beganMs: 0 };
  const api = (name = 'tester'): ApiClient => new ApiClient(controller.url(), tokens?.[name] ?? null);
  const release = async (): Promise<ReleaseView> => must(await api().release(current.id));
  const log = async (): Promise<readonly LogEntry[]> => must(await api().log(current.id, 0)).entries;
  const instances = (revision: string): readonly InstanceRecord[] =>
    instanceRecords(policyDir).filter((each) => each.revision === revision);
  const spans = (): readonly WeightSpan[] => allSpans().filter(({ toMs }) => toMs > current.beganMs);
  const begin = async (revision: string, spec: object, own: SpecWords = {}): Promise<ReleaseView> => {
    const beganMs = Date.now();
    const begun = must(await api().start({ policy: policyName, revision, spec, who: 'tester', ...own }));
    current = { id: begun.id, revision, beganMs };
    return begun;
  };
  const users = (): LoadCounts =>
    load.latest()?.total ??
    must({ ok: false, error: { reason: 'NoReport', message: 'the load has not reported yet' } });
  tellWhenFailed(parts.test, async () => ({ release: await release(), log: await log(), output: controller.output() }));
  return {
    ...parts,
    api,
    start: (name, { env = {}, own, replicas = 1 } = {}) => begin(name, sampleTarget(name, env, replicas), own),
    startEndpoints: (revision, urls) => {
      announce(urls.map((url) => new URL(url).host));
      return begin(revision, { endpoints: urls, health: '/healthz' });
    },
    startOnHosts: (revision) => begin(revision, {}),
    release,
    until: (condition, withinMs = 60_000) => waitFor(release, condition, withinMs),
    order: async (action, words = { reason: 'told to' }) => {
      const done = must(await api().act(current.id, action, { revision: current.revision, who: 'tester', ...words }));
      current = { ...current, id: done.id };
      return done;
    },
    log,
    spans,
    weights: () => spans().map(({ canary }) => canary),
    instances,
    control: async (revision, faults) => {
      await Promise.all(instances(revision).map(({ port }) => changeFaults(port, faults)));
    },
    users,
    failed: () => users().classes['5xx'] + users().classes.none,
    interruptedMs: () => load.latest()?.longestInterruptionMs ?? 0,
    sluice: (...words) => sluice(words, { server: controller.url(), atEnd: endOf(parts.test) }),
  };
}

/** A wait in vain tells where the release stood at the end. */
const waitFor = (
  release: World['release'],
  condition: (view: ReleaseView) => boolean,
  withinMs: number,
): Promise<ReleaseView> =>
  eventually(
    async () => {
      const view = await release();
      if (condition(view)) return view;
      const { phase, step, waiting } = view;
      throw new Error(`the release stands at ${phase}, step ${step ?? '-'}: ${waiting?.message ?? 'nothing objects'}`);
    },
    { withinMs, everyMs: 50 },
  );
