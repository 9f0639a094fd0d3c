import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { type HostProcess, hostSource } from '../../src/metrics/host.ts';
import { cpuQuotaOf, memoryLimitOf, placesOf } from '../../src/metrics/host-cgroup.ts';
import { countCpus, cpuUsed, parseStat, parseStatus } from '../../src/metrics/host-proc.ts';
import { measure, readRequest } from '../../src/metrics/measure.ts';
import { eventually } from '../support/eventually.ts';
import { arms, ruleOf } from '../support/metrics.ts';
import { startProcess } from '../support/process.ts';

const request = readRequest([], arms, 1_000);
const onLinux = describe.runIf(process.platform === 'linux');

const sourceOf = (processes: readonly HostProcess[], intervalMs = 200) =>
  hostSource({ processes: () => processes, intervalMs });

const valuesOf = async (source: ReturnType<typeof sourceOf>): Promise<Record<string, number>> => {
  const answer = await source.read(request);
  if (answer.kind === 'failed') throw new Error(answer.message);
  return Object.fromEntries(
    answer.series.map(({ metric, labels, samples }) => [`${metric} ${labels['instance']}`, samples.at(-1)!.value]),
  );
};

const node = (script: string): number => startProcess([process.execPath, '-e', script]).pid;

onLinux('the host source', () => {
  it('measures CPU as a share of the cores available, since the last look', async () => {
    const busy = node('for (;;) {}');
    const idle = node('setInterval(() => {}, 1000)');
    const source = sourceOf([
      { instance: 'busy', pid: busy, cwd: '/' },
      { instance: 'idle', pid: idle, cwd: '/' },
    ]);
    expect(await valuesOf(source)).not.toHaveProperty('sluice_host_cpu_ratio busy');
    const cores = Number(execFileSync('nproc', { encoding: 'utf8' }));
    // A busy loop uses one core, or as much of it as others leave.
    const used = await eventually(
      async () => {
        const seen = await valuesOf(source);
        const [spent = 0, waited = 1] = ['busy', 'idle'].map((name) => seen[`sluice_host_cpu_ratio ${name}`]);
        return spent > 0.2 / cores && waited < spent / 3 ? spent : null;
      },
      { everyMs: 500 },
    );
    expect(used).toBeLessThan(1.2 / Math.min(cores, await cpuQuotaOf(busy)));
  });

  it('measures memory as a share of the cgroup’s limit or the machine’s memory', async () => {
    const pid = node('const kept = Buffer.alloc(300e6, 1); setInterval(() => kept, 1000)');
    const source = sourceOf([{ instance: 'a', pid, cwd: '/' }]);
    const total =
      Number(/MemTotal:\s+(\d+)/.exec(execFileSync('cat', ['/proc/meminfo'], { encoding: 'utf8' }))![1]) * 1024;
    const limit = Math.min(total, await memoryLimitOf(pid));
    await eventually(async () => ((await valuesOf(source))['sluice_host_memory_ratio a'] ?? 0) * limit > 300e6, {
      everyMs: 250,
    });
    expect((await valuesOf(source))['sluice_host_memory_ratio a']! * limit).toBeLessThan(500e6);
  });

  it('measures the disk of the folder’s file system as df does', async () => {
    const source = sourceOf([{ instance: 'a', pid: process.pid, cwd: '/' }]);
    const df = Number(/(\d+)%/.exec(execFileSync('df', ['--output=pcent', '/'], { encoding: 'utf8' }))![1]) / 100;
    const measured = (await valuesOf(source))['sluice_host_disk_ratio a']!;
    expect(Math.abs(measured - df)).toBeLessThan(0.02);
  });

  it('says nothing of a process that ended, and leaves out a folder that is gone', async () => {
    const child = startProcess([process.execPath, '-e', 'setInterval(() => {}, 1000)']);
    const source = sourceOf([{ instance: 'a', pid: child.pid, cwd: '/no/such/folder' }], 1);
    expect(Object.keys(await valuesOf(source))).toEqual(['sluice_host_memory_ratio a']);
    await child.end('SIGKILL');
    expect(await valuesOf(source)).toEqual({});
  });

  it('gives levels that rules read', async () => {
    const rule = ruleOf({
      kind: 'gauge',
      selector: { metric: 'sluice_host_memory_ratio', matchers: [] },
      aggregate: 'max',
    });
    const own = { canary: { instance: ['me'] }, stable: { instance: [] } };
    const answer = await sourceOf([{ instance: 'me', pid: process.pid, cwd: '/' }]).read(
      readRequest([rule], own, 1_000),
    );
    const { readings } = measure({
      rules: [rule],
      arms: own,
      memory: emptyMemory,
      answer,
      nowMs: Date.now(),
      notBeforeMs: 0,
    });
    expect(readings[rule.name]).toMatchObject({ kind: 'level', stable: null });
  });
});

describe('what /proc says', () => {
  it('is read', () => {
    expect(countCpus('0-3,8')).toBe(5);
    expect(countCpus('0')).toBe(1);
    expect(parseStat('')).toBeNull();
    expect(parseStat('1 (a b) c) S 1 1 1 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 777 1 1')).toEqual({
      cpuSeconds: 3,
      startTicks: 777,
    });
    expect(parseStatus('VmRSS:\t  2048 kB\nCpus_allowed_list:\t0-1\n')).toEqual({ residentBytes: 2_097_152, cpus: 2 });
    expect(parseStatus('Name: zombie\nCpus_allowed_list:\t0-1\n')).toBeNull();
  });

  it('tells a process from another one that got its pid', () => {
    const before = { cpuSeconds: 3, startTicks: 777 };
    expect(cpuUsed(before, { cpuSeconds: 5, startTicks: 777 })).toBe(2);
    expect(cpuUsed(before, { cpuSeconds: 5, startTicks: 9_000 })).toBeNull();
  });

  it('names the places of cgroups, of version 1 and 2', () => {
    const text = '9:name=systemd:/\n4:memory:/a/b\n3:cpu,cpuacct:/c\n0::/d.slice\n';
    expect(placesOf(text, 'memory')).toEqual([
      { mount: '/sys/fs/cgroup/memory', path: '/a/b' },
      { mount: '/sys/fs/cgroup/memory', path: '/a/b' },
      { mount: '/sys/fs/cgroup', path: '/d.slice' },
      { mount: '/sys/fs/cgroup/unified', path: '/d.slice' },
    ]);
    expect(placesOf(text, 'cpu')[1]).toEqual({ mount: '/sys/fs/cgroup/cpu,cpuacct', path: '/c' });
  });
});
