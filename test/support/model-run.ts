/** A controller over in-memory adapters, one pass at a time, that can be killed between any two writes; it keeps what the oracles ask for. */
import type { Decision } from '../../src/gate/decision.ts';
import { decide } from '../../src/gate/gate.ts';
import { gather } from '../../src/gate/gather.ts';
import { step } from '../../src/gate/step.ts';
import { nextAction } from '../../src/reconcile/next-action.ts';
import type { Action } from '../../src/release/action.ts';
import { missingApprovals } from '../../src/release/approval.ts';
import { type Command, command } from '../../src/release/command.ts';
import { elapse } from '../../src/release/elapse.ts';
import type { LogEntry } from '../../src/release/log.ts';
import { observe } from '../../src/release/observe.ts';
import { isOver } from '../../src/release/phase.ts';
import { defaultPlan, type Plan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import { resumed } from '../../src/release/resume.ts';
import { supersede } from '../../src/release/supersede.ts';
import { MemoryRouter } from '../../src/router/memory.ts';
import type { RouteState } from '../../src/router/router.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { MemoryWorkload } from '../../src/workload/memory.ts';
import type { WorkloadState } from '../../src/workload/workload.ts';
import { aRelease, startMs } from './a-release.ts';

export const intervalMs = 5_000;

const quickPlan: Plan = {
  ...defaultPlan,
  steps: [25, 50, 100].map((weight) => ({ weight, bakeMs: 60_000, replicas: null })),
  maxDurationMs: 900_000,
  watchMs: 60_000,
  readyWithinMs: 60_000,
  scaleWithinMs: 60_000,
  verifyWithinMs: 20_000,
  blindForMs: 30_000,
  blindMaxMs: 90_000,
  answerWithinMs: 60_000,
  drainMs: 10_000,
};

export interface Pass {
  readonly verdicts: readonly Verdict[];
  readonly sighted: boolean;
  readonly elapsedMs: number;
  /** The controller dies: after the state was saved and before the world was changed, or the other way round. */
  readonly dies?: 'afterSave' | 'afterAct';
}

/** What one pass came to. */
export interface Passed {
  readonly before: Release;
  readonly after: Release;
  readonly decision: Decision | null;
  readonly action: Action | null;
  readonly route: RouteState | null;
  readonly workload: WorkloadState | null;
}

const spec = { kind: 'command', command: ['serve'], env: {}, cwd: null, healthPath: null, replicas: 2 } as const;

export class ModelRun {
  readonly router = new MemoryRouter({
    stable: { revision: null, endpoints: [] },
    canary: { revision: null, endpoints: [] },
  });
  readonly workload = new MemoryWorkload({ backends: this.router, readiness: 'onDemand' });
  /** As stored, JSON. */
  stored: string;
  readonly log: LogEntry[] = [];
  nowMs = startMs;
  epoch = 1;
  #unsettled = true;
  #first = true;
  #tickedMs = startMs;

  constructor(given: Partial<Release> = {}) {
    const size = { baseline: 2, fixed: false };
    this.stored = JSON.stringify(aRelease({ plan: quickPlan, size, ...given }));
  }

  /** Stable runs and serves, as before any release. */
  async start(): Promise<this> {
    await this.workload.ensure('v1', spec, 2);
    await this.workload.makeReady('v1');
    await this.workload.serve('stable', 'v1', this.epoch);
    return this;
  }

  get release(): Release {
    return JSON.parse(this.stored) as Release;
  }

  /** The weight that the data plane carries. */
  async carried(): Promise<number> {
    const current = await this.router.observe();
    const again = current.ok ? current : await this.router.observe();
    return again.ok ? again.value.canary : Number.NaN;
  }

  /** Every instance that is wanted becomes ready. */
  async makeReady(): Promise<void> {
    const state = await this.workload.observe();
    const wanted = state.ok ? state.value.revisions.filter((each) => each.wanted > 0) : [];
    for (const { revision } of wanted) await this.workload.makeReady(revision);
  }

  /** Every instance of the revision hangs. */
  async loseAll(revision: string): Promise<void> {
    const state = await this.workload.observe();
    const found = state.ok ? state.value.revisions.find((each) => each.revision === revision) : undefined;
    for (const { id } of found?.instances ?? []) await this.workload.lose(revision, id, 'unready');
  }

  order(given: Omit<Command, 'who' | 'atMs' | 'revision'>): void {
    const ordered = command(this.release, { revision: this.release.revision, who: 'ada', atMs: this.nowMs, ...given });
    if (ordered.ok) this.#save(ordered.value.release, ordered.value.log);
  }

  supersede(revision: string): void {
    const { release, log } = supersede(this.release, { revision, who: 'ada', nowMs: this.nowMs });
    this.#save(release, log);
  }

  /** Kills the controller and starts the next one. */
  restart(): void {
    this.epoch += 1;
    this.#first = true;
    this.#unsettled = true;
  }

  async pass({ verdicts, sighted, elapsedMs, dies }: Pass): Promise<Passed> {
    this.nowMs += elapsedMs;
    const before = this.release;
    const read = this.#unsettled ? await this.router.settle(before.id, this.epoch) : await this.router.observe();
    if (read.ok) this.#unsettled = false;
    const route = read.ok ? read.value : null;
    const instances = await this.workload.observe();
    const workload = instances.ok ? instances.value : null;
    if (isOver(before)) return { before, after: before, decision: null, action: null, route, workload };

    const { release, log, decision } = this.#think({ ...before, verdicts }, { route, workload, sighted });
    const action = nextAction(release, { route, workload });
    const lowers = action?.kind === 'weight' && action.canary <= (route?.canary ?? 100);
    if (lowers && dies === 'afterAct') {
      await this.#act(action, release, route);
    } else {
      this.#save(release, log);
      if (dies === undefined && action !== null) await this.#act(action, release, route);
    }
    if (dies !== undefined) this.restart();
    return { before, after: release, decision, action, route, workload };
  }

  #think(
    stored: Release,
    { route, workload, sighted }: Pick<Passed, 'route' | 'workload'> & Pick<Pass, 'sighted'>,
  ): { readonly release: Release; readonly log: readonly LogEntry[]; readonly decision: Decision | null } {
    const { nowMs, epoch } = this;
    const taken = this.#first ? resumed(stored, nowMs) : { release: stored, log: [] };
    const elapsedMs = this.#first ? 0 : nowMs - this.#tickedMs;
    this.#first = false;
    this.#tickedMs = nowMs;
    const aged = elapse(taken.release, { nowMs, elapsedMs, intervalMs, sighted, source: 'scripted' });
    const seen = observe(aged.release, { nowMs, epoch, route, workload });
    const log = [...taken.log, ...aged.log, ...seen.log];
    if (isOver(seen.release)) return { release: seen.release, log, decision: null };
    const routeProblem = route === null ? 'no answer' : null;
    const facts = gather(seen.release, {
      ...{ nowMs, route, routeProblem, workload },
      checks: [],
      missingApprovals: missingApprovals(seen.release, nowMs),
    });
    const decision = decide(facts);
    const stepped = step(facts, decision);
    return { release: stepped.release, log: [...log, ...stepped.log], decision };
  }

  async #act(action: Action, release: Release, route: RouteState | null): Promise<void> {
    switch (action.kind) {
      case 'scale':
        await this.workload.ensure(action.revision, spec, action.replicas);
        return;
      case 'serve':
        await this.workload.serve(action.backend, action.revision, this.epoch);
        return;
      case 'closeStreams':
        await this.router.closeStreams(this.epoch);
        return;
      case 'weight': {
        const conditional = route !== null && (action.canary > route.canary || route.release !== release.id);
        const ifVersion = conditional ? route.version : null;
        const write = { release: release.id, epoch: this.epoch, canary: action.canary, ifVersion, latch: action.latch };
        const written = await this.router.write(write);
        if (!written.ok && written.error.reason === 'Unknown') this.#unsettled = true;
      }
    }
  }

  #save(release: Release, log: readonly LogEntry[]): void {
    this.stored = JSON.stringify({ ...release, version: release.version + 1 });
    this.log.push(...log);
  }
}
