/**
 * The controller as it is wired, but for its edges: data plane, instances and counters in memory, and timers that are told the time.
 *
 *     tick ──► timers ──► pipeline ──► SQLite store, memory router and workload
 *                            └──► metrics, log, events, notices
 */
import { mock } from 'node:test';
import { Subject } from 'rxjs';
import type { Clock } from '../../../src/lib/clock.ts';
import { ok } from '../../../src/lib/result.ts';
import { NoticeDesk } from '../../../src/notify/desk.ts';
import { createLogNotifier } from '../../../src/notify/log-notifier.ts';
import { pipeline, type ReleaseKey } from '../../../src/pipeline.ts';
import { isOver } from '../../../src/release/phase.ts';
import type { Policy } from '../../../src/release/policy.ts';
import type { Release } from '../../../src/release/release.ts';
import type { Store } from '../../../src/release/store.ts';
import type { RuleSet } from '../../../src/rules/rule.ts';
import type { ControlEvent } from '../../../src/server/controls.ts';
import { createLoggerPino } from '../../../src/telemetry/logger-pino.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { broadcast } from '../../../src/wiring/broadcast.ts';
import { hear } from '../../../src/wiring/hear.ts';
import { keepLooks } from '../../../src/wiring/keep-looks.ts';
import type { Served } from '../../../src/wiring/served.ts';
import { shownReleases } from '../../../src/wiring/shown-releases.ts';
import { Starter } from '../../../src/wiring/starter.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { must } from '../../support/proxy.ts';

export interface VirtualOptions {
  readonly policies: readonly Policy[];
  readonly rules: RuleSet;
  readonly store: Store;
  readonly compression: number;
  readonly intervalMs: number;
  readonly perSecond: number;
}

export interface VirtualController {
  readonly world: (policy: string) => MemoryWorld;
  /** Begins the policy's next release, when no other one runs. */
  start(policy: Policy, revision: string): Promise<void>;
  /** Called with each release that has ended. */
  onEnd(listener: (ended: Release) => void): void;
  /** Lets so much time pass; what falls due in it is done when this settles. */
  pass(ms: number): Promise<void>;
  /** What Prometheus would be told now, in bytes. */
  scrape(): Promise<number>;
}

/** Real, whatever the timers are told. */
const { setImmediate: immediately } = globalThis;

const spec = { kind: 'command', command: ['serve'], env: {}, cwd: null, healthPath: null, replicas: 2 } as const;

/** From here on timers and the date of this process stand still but for `pass`. */
export async function virtualController(options: VirtualOptions): Promise<VirtualController> {
  const { policies, rules, store, compression, intervalMs, perSecond } = options;
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: Date.now() });
  const bornMs = Date.now();
  const clock: Clock = { wallMs: () => Date.now(), monotonicMs: () => Date.now() - bornMs };
  const [begun$, nudges$] = [new Subject<ReleaseKey>(), new Subject<string>()];
  const listen = listeners({ store, policies, clock });
  const worlds = new Map<string, MemoryWorld>();
  for (const { name: policy } of policies) {
    const world = new MemoryWorld({
      policy,
      store,
      clock,
      rules,
      intervalMs,
      perSecond,
      compression,
      tell: listen.tell,
    });
    await world.settle('v0');
    worlds.set(policy, world);
  }
  const world = (policy: string): MemoryWorld => worlds.get(policy) ?? missing(policy);
  const starter = new Starter({
    ...{ store, clock, compression },
    begun: (release) => begun$.next(release),
    changed: ({ id }) => nudges$.next(id),
  });
  const portsOf = ({ policy }: ReleaseKey): MemoryWorld['ports'] => world(policy).ports;
  pipeline({ releases$: begun$, nudges$, stop$: new Subject(), portsOf }).subscribe();
  return {
    world,
    start: async (policy, revision) => {
      must(await starter.start(servedBy(policy, rules), { revision, spec, who: 'bench' }));
    },
    onEnd: listen.onEnd,
    pass: async (ms) => {
      mock.timers.tick(ms);
      await new Promise((resolve) => immediately(resolve));
    },
    scrape: async () => (await listen.metrics.text()).length,
  };
}

const missing = (policy: string): never => {
  throw new Error(`no policy ${policy}`);
};

const servedBy = (policy: Policy, rules: RuleSet): Served => ({
  policy,
  rules: { events$: new Subject(), current: () => ok(rules), lastGood: () => rules, problem: () => null },
  traffic: async () => null,
  history: async () => ({}),
  examine: async () => [],
  unmeasured: async () => [],
});

/** As the composition root has them; the log is written, and dropped. */
function listeners({ store, policies, clock }: Pick<VirtualOptions, 'store' | 'policies'> & { readonly clock: Clock }) {
  const metrics = createMetrics({ version: 'bench', releases: () => shownReleases(store, policies) });
  const log = createLoggerPino({ level: 'info', stream: { write: () => {} } });
  const events = broadcast<ControlEvent>(() => {});
  const audience = {
    notifiers: [createLogNotifier(log)],
    contacts: { primary: [], secondary: [], vendors: [] },
    links: { page: null, dashboard: null, runbook: null },
  };
  const desk = new NoticeDesk({ audienceOf: () => audience, nowMs: () => clock.monotonicMs() });
  const keep = keepLooks(store, log);
  return {
    metrics,
    tell: (happening: Parameters<typeof hear>[0]) => hear(happening, { metrics, log, events, desk, keep }),
    onEnd: (listener: (ended: Release) => void) =>
      events.listen((event) => {
        if (event.kind === 'release' && isOver(event.release)) listener(event.release);
      }),
  };
}
