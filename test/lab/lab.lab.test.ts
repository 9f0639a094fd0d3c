import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { isAlive, signalById, startProcess, type TestProcess } from '../support/process.ts';
import { tempDir } from '../support/temp-dir.ts';
import { needsLab } from './needs-lab.ts';
import { type Command, inNewNetwork } from './network/network.ts';
import { leftOver } from './servers/left-over.ts';
import { type LabState, stateOf } from './state.ts';

const main = join(import.meta.dirname, 'main.ts');
const node = [process.execPath, '--disable-warning=ExperimentalWarning'] as const;

/** A lab beside the one that the other suites use: another folder, another network. */
describe.runIf(await needsLab('bare'))('a lab', () => {
  interface Started {
    readonly process: TestProcess;
    readonly state: LabState;
  }

  const environment = (folder: string): NodeJS.ProcessEnv => ({ ...process.env, SLUICE_LAB_FOLDER: folder });

  const run = (folder: string, ...args: string[]): TestProcess =>
    startProcess(inNewNetwork([...node, main, ...args] as Command), {
      env: environment(folder),
    });

  async function start(folder: string): Promise<Started> {
    const started = run(folder, 'up', '--bare', '--deadline', '5');
    await started.says(/The lab is ready/);
    const state = stateOf(folder);
    if (state === null) throw new Error('it is ready and left no state');
    return { process: started, state };
  }

  const kubectl = (folder: string, ...args: string[]): string =>
    execFileSync(node[0], [node[1], main, 'exec', 'kubectl', ...args], { env: environment(folder), encoding: 'utf8' });

  it('that is killed takes its programs along; the next start clears away the rest and begins anew', async () => {
    const folder = join(await tempDir(), 'lab');
    const first = await start(folder);
    const script = 'sleep 612 & sleep 612 & wait';
    kubectl(folder, 'create', 'deployment', 'app', '--image=sleep:v1', '--', 'sh', '-c', script);
    kubectl(folder, 'rollout', 'status', 'deployment/app', '--timeout=60s');
    signalById(first.state.pid, 'SIGKILL');
    await eventually(() => first.state.servers.every(({ pid }) => !isAlive(pid)));
    expect(leftOver(folder).length).toBeGreaterThan(0);
    const second = await start(folder);
    expect(second.process.output()).toMatch(/ended what an earlier lab left: processes \d+/);
    expect(kubectl(folder, 'get', 'deployments', '--all-namespaces', '--output=name')).toBe('');
    kubectl(folder, 'create', 'deployment', 'app', '--image=sleep:v1', '--', 'sh', '-c', `trap '' TERM; ${script}`);
    kubectl(folder, 'rollout', 'status', 'deployment/app', '--timeout=60s');
    // Deleted in the moment of the end: nobody is left to be told, and nobody goes on trying.
    kubectl(folder, 'delete', 'pods', '--all', '--wait=false');
    expect(await second.process.end('SIGTERM')).toBe(0);
    expect(second.process.output()).toContain('lab: ending: SIGTERM');
    expect(leftOver(folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  it('ends with a sentence when one of its programs does, and runs once in a folder', async () => {
    const folder = join(await tempDir(), 'lab');
    const { process: lab, state } = await start(folder);
    const second = run(folder, 'up', '--bare');
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`(process ${state.pid}); end it with: npm run lab -- down`);
    const etcd = state.servers.find(({ name }) => name === 'etcd');
    signalById(etcd?.pid ?? 0, 'SIGKILL');
    expect(await lab.exited).toBe(1);
    expect(lab.output()).toMatch(/lab: etcd ended \(SIGKILL\); the end of its log/);
    expect(leftOver(folder)).toEqual([]);
  });

  it('that does not run is said so, with how to start one', async () => {
    const folder = join(await tempDir(), 'lab');
    const status = run(folder, 'status');
    expect(await status.exited).toBe(1);
    expect(status.output()).toContain('lab: no lab runs; start one with: npm run lab');
    const help = run(folder, '--help');
    expect(await help.exited).toBe(0);
    expect(help.output()).toContain('npm run lab -- exec kubectl get pods -A');
  });
});
