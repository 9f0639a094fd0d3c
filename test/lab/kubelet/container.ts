/**
 * A container through all its runs:
 *
 *   waiting ──► running ──► terminated ──► waiting (CrashLoopBackOff) ──► running ...
 *   (image, configuration)       └──► the end, as its pod's restart policy says
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../api/api.ts';
import { isOver, pause } from '../pause.ts';
import { type BackOff, waitMs } from './back-off.ts';
import { ContainerProcess } from './container-process.ts';
import type { ContainerState, ContainerView, Terminated } from './container-state.ts';
import { ConfigError, type Environment, environmentOf, expand, type Place } from './environment.ts';
import { commandRefusal, pullBackOff, pullRefusal, type Refusal } from './image.ts';
import type { Container, Pod } from './pod.ts';
import { keepProbing } from './probing.ts';

export interface ContainerSetting {
  readonly api: Api;
  readonly pod: Pod;
  readonly place: Place;
  readonly backOff: BackOff;
  readonly log: string;
  readonly lab: string;
  changed(): void;
  /** What a kubelet would tell as an event. */
  warn(reason: string, message: string): void;
}

const configRetryMs = 500;
const pullRetryMs = 1_000;

export class ContainerRunner {
  readonly #container: Container;
  readonly #setting: ContainerSetting;
  readonly #stopping = new AbortController();
  #process: ContainerProcess | null = null;
  #env: Environment = {};
  #state: ContainerState = { kind: 'waiting', reason: 'ContainerCreating' };
  #last: Terminated | null = null;
  #restarts = 0;
  #failures = 0;
  #started = false;
  #ready = false;

  constructor(container: Container, setting: ContainerSetting) {
    this.#container = container;
    this.#setting = setting;
  }

  view(): ContainerView {
    const { name, image } = this.#container;
    return {
      name,
      image,
      state: this.#state,
      last: this.#last,
      restarts: this.#restarts,
      started: this.#started,
      ready: this.#ready,
    };
  }

  /** Resolves when it will not run again. */
  async run(): Promise<void> {
    if (!(await this.#prepare())) return;
    for (;;) {
      const end = await this.#runOnce();
      if (this.#stopping.signal.aborted || !this.#mayRestart(end)) return;
      await this.#backOff(end);
      if (isOver(this.#stopping.signal)) return;
      this.#restarts += 1;
    }
  }

  /** `preStop`, SIGTERM, and SIGKILL when the grace is over. */
  async stop(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs;
    if (this.#process !== null) await this.#preStop(graceMs);
    this.#stopping.abort();
    await this.#process?.end(Math.max(0, deadline - performance.now()));
  }

  kill(): void {
    this.#stopping.abort();
    this.#process?.kill();
  }

  /** False when there is nothing that could be run, however long one waits. */
  async #prepare(): Promise<boolean> {
    const refusal = commandRefusal(this.#container);
    const pull = pullRefusal(this.#container);
    if (pull !== null) return this.#neverPulled(pull);
    if (refusal !== null) {
      this.#wait(refusal);
      return false;
    }
    const { api, pod, place } = this.#setting;
    while (!this.#stopping.signal.aborted) {
      try {
        this.#env = await environmentOf(this.#container, pod, { api, place });
        return true;
      } catch (error) {
        if (error instanceof ConfigError) this.#wait({ reason: 'CreateContainerConfigError', message: error.message });
        await pause(configRetryMs, this.#stopping.signal);
      }
    }
    return false;
  }

  async #neverPulled(refusal: Refusal): Promise<false> {
    this.#wait(refusal);
    await pause(pullRetryMs, this.#stopping.signal);
    this.#wait(pullBackOff(this.#container));
    return false;
  }

  async #runOnce(): Promise<Terminated> {
    const { pod, lab, log } = this.#setting;
    const { command = [], args = [], workingDir, name } = this.#container;
    const startedAtMs = Date.now();
    const run = new ContainerProcess({
      command: [...command, ...args].map((word) => expand(word, this.#env)),
      env: { HOSTNAME: pod.metadata.name, ...this.#env },
      log,
      lab,
      ...(workingDir === undefined ? {} : { cwd: workingDir }),
    });
    this.#process = run;
    this.#become({ kind: 'running', startedAtMs });
    const probing = new AbortController();
    void this.#probe(run, probing.signal);
    const { exitCode, error } = await run.ended;
    probing.abort();
    this.#process = null;
    this.#started = false;
    this.#ready = false;
    const reason = error !== null ? 'StartError' : exitCode === 0 ? 'Completed' : 'Error';
    const message = error === null ? {} : { message: `${name}: ${error}` };
    const end: Terminated = { kind: 'terminated', exitCode, reason, startedAtMs, finishedAtMs: Date.now(), ...message };
    this.#become(end);
    return end;
  }

  async #probe(run: ContainerProcess, signal: AbortSignal): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.#container;
    const probed = { container: this.#container, podIP: this.#setting.place.podIP, env: this.#env };
    const restart = (kind: string) => (healthy: string, why: string) => {
      if (healthy === 'healthy') return;
      this.#setting.warn('Unhealthy', `${kind} probe failed: ${why}`);
      void run.end(this.#graceMs());
    };
    if (startupProbe !== undefined) await startedUp();
    if (signal.aborted) return;
    this.#started = true;
    this.#setReady(readinessProbe === undefined);
    if (livenessProbe !== undefined) void keepProbing(livenessProbe, probed, { changed: restart('Liveness'), signal });
    if (readinessProbe === undefined) return;
    const changed = (healthy: 'healthy' | 'unhealthy', why: string): void => {
      if (healthy === 'unhealthy') this.#setting.warn('Unhealthy', `Readiness probe failed: ${why}`);
      this.#setReady(healthy === 'healthy');
    };
    await keepProbing(readinessProbe, probed, { changed, signal });

    /** Resolves at the first good answer, or when the run is over. */
    async function startedUp(): Promise<void> {
      const starting = new AbortController();
      const stop = (): void => starting.abort();
      signal.addEventListener('abort', stop);
      const changed = (healthy: 'healthy' | 'unhealthy', why: string): void => {
        if (healthy === 'healthy') starting.abort();
        else restart('Startup')(healthy, why);
      };
      await keepProbing(startupProbe ?? {}, probed, { changed, signal: starting.signal });
      signal.removeEventListener('abort', stop);
    }
  }

  #mayRestart({ exitCode }: Terminated): boolean {
    const { restartPolicy = 'Always' } = this.#setting.pod.spec;
    return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
  }

  async #backOff(end: Terminated): Promise<void> {
    const { backOff, pod, warn } = this.#setting;
    const ranMs = end.finishedAtMs - end.startedAtMs;
    this.#failures = ranMs >= backOff.forgivenMs ? 1 : this.#failures + 1;
    const ms = waitMs(this.#failures, backOff);
    this.#last = end;
    if (ms === 0) return;
    const message = `back-off ${ms / 1_000}s restarting failed container=${this.#container.name} pod=${pod.metadata.name}`;
    this.#wait({ reason: 'CrashLoopBackOff', message });
    warn('BackOff', message);
    await pause(ms, this.#stopping.signal);
  }

  async #preStop(graceMs: number): Promise<void> {
    const { exec, sleep } = this.#container.lifecycle?.preStop ?? {};
    if (sleep !== undefined) await delay(Math.min(graceMs, sleep.seconds * 1_000));
    const [file, ...args] = exec?.command ?? [];
    if (file === undefined) return;
    const child = spawn(file, args, { stdio: 'ignore', env: { ...process.env, ...this.#env }, timeout: graceMs });
    await once(child, 'exit').catch((error: unknown) => this.#setting.warn('FailedPreStopHook', String(error)));
  }

  #graceMs(): number {
    return (this.#setting.pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000;
  }

  #wait(refusal: Refusal): void {
    if (refusal === null || this.#stopping.signal.aborted) return;
    if (/Pull|Create/.test(refusal.reason)) this.#setting.warn('Failed', refusal.message);
    this.#become({ kind: 'waiting', ...refusal });
  }

  #setReady(ready: true | false): void {
    this.#ready = ready;
    this.#setting.changed();
  }

  #become(state: ContainerState): void {
    this.#state = state;
    this.#setting.changed();
  }
}
