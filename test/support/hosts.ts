/** "Hosts" on this machine: a folder and a loopback port each, which a script puts the sample service on. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleServicePath } from '../../src/cli/demo/sample-command.ts';
import type { HostCommands, HostsSpec } from '../../src/workload/revision-spec.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { isAlive, signalById } from './process.ts';
import { tempDir } from './temp-dir.ts';

export interface TestHosts {
  readonly hosts: HostsSpec['hosts'];
  /** What the script needs. */
  readonly env: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  spec(change?: SpecChange): HostsSpec;
  /** Makes the script misbehave on a host. */
  set(host: string, file: Misbehaviour, text?: string): void;
  unset(host: string, file: Misbehaviour): void;
  /** Every run of the script on a host: `deploy v2`. */
  runs(host: string): readonly string[];
  /** Service that a host runs; null: none. */
  pid(host: string): number | null;
  /** Process that hangs on a host. */
  hanging(host: string): number;
  /** Name of the host at this address. */
  at(url: string): string;
}

type Misbehaviour = 'fail' | 'hang' | 'slow' | 'late';

interface SpecChange extends Partial<Pick<HostsSpec, 'artefact' | 'env' | 'replicas'>> {
  readonly commands?: Partial<HostCommands>;
}

const script = ['/bin/sh', join(import.meta.dirname, 'host-script.sh')];

/** Whatever was put on them is ended at the end. */
export async function testHosts(count: number, atEnd: AtEnd = atTestEnd): Promise<TestHosts> {
  const folder = await tempDir(atEnd);
  const hosts: { name: string; url: string }[] = [];
  for (let index = 1; index <= count; index += 1)
    hosts.push({ name: `web${index}`, url: `http://127.0.0.1:${await freePort()}` });
  const path = (host: string, file: string): string => join(folder, host, file);
  const numberIn = (host: string, file: string): number | null => {
    const text = read(path(host, file)).trim();
    return text === '' ? null : Number(text);
  };
  atEnd(async () => {
    const pidsIn = (file: string): readonly number[] =>
      readdirSync(folder).flatMap((host) => numberIn(host, file) ?? []);
    const end = async (file: string): Promise<void> => {
      for (const pid of pidsIn(file).filter(isAlive)) signalById(pid, 'SIGKILL');
      await eventually(() => !pidsIn(file).some(isAlive));
    };
    await end('hanging');
    // A script that is still at work starts a service that nobody would end.
    await eventually(() => !pidsIn('working').some(isAlive));
    await end('pid');
  });
  const env = { HOSTS: folder, NODE: process.execPath, SAMPLE: sampleServicePath, LATENCY_MS: '1' };
  return {
    hosts,
    env,
    script,
    spec: ({ commands, ...change } = {}) => ({
      kind: 'hosts',
      hosts,
      commands: { ...usual, ...commands },
      artefact: null,
      env,
      cwd: null,
      healthPath: '/healthz',
      replicas: count - 1,
      ...change,
    }),
    set: (host, file, text = '') => {
      mkdirSync(join(folder, host), { recursive: true });
      writeFileSync(path(host, file), text);
    },
    unset: (host, file) => rmSync(path(host, file), { force: true }),
    runs: (host) => read(path(host, 'runs')).split('\n').slice(0, -1),
    pid: (host) => numberIn(host, 'pid'),
    hanging: (host) => numberIn(host, 'hanging') ?? 0,
    at: (url) => hosts.find((host) => host.url === url)?.name ?? '',
  };
}

const usual: HostCommands = {
  deploy: script,
  promote: null,
  rollback: null,
  remove: null,
  timeoutMs: 20_000,
  retries: 0,
  drainMs: 0,
};

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
