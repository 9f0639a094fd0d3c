import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { atTestEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { labBackOff, waitMs } from './back-off.ts';
import type { ContainerState, ContainerView } from './container-state.ts';
import { exitCodeOf } from './container-state.ts';
import { ConfigError, expand, fieldOf } from './environment.ts';
import type { Pod } from './pod.ts';
import { PodAddresses } from './pod-address.ts';
import { phaseOf } from './pod-status.ts';
import { look } from './probe.ts';
import { keepProbing } from './probing.ts';

const container = { name: 'app', image: 'app:v1' };

const aPod = (spec: Partial<Pod['spec']> = {}): Pod => ({
  metadata: {
    name: 'app-1',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '1',
    labels: { 'pod-template-hash': 'abc' },
  },
  spec: { nodeName: 'lab', containers: [container], ...spec },
});

describe('the environment of a container', () => {
  it('expands what was set before, keeps what is unknown or escaped', () => {
    expect(expand('http://$(HOST):$(PORT)/$$(HOST)', { HOST: '10.77.16.1' })).toBe('http://10.77.16.1:$(PORT)/$(HOST)');
  });

  it('knows the fields of its pod, and refuses a field that it does not know', () => {
    const place = { podIP: '10.77.16.1', hostIP: '10.77.0.2' };
    expect(fieldOf(aPod(), place, 'status.podIP')).toBe('10.77.16.1');
    expect(fieldOf(aPod(), place, "metadata.labels['pod-template-hash']")).toBe('abc');
    expect(fieldOf(aPod(), place, "metadata.annotations['none']")).toBe('');
    expect(() => fieldOf(aPod(), place, 'spec.hostname')).toThrow(ConfigError);
  });
});

describe('the back-off of a container', () => {
  it('lets the first restart come at once, then doubles up to its longest', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((failures) => waitMs(failures, labBackOff))).toEqual([
      0, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
  });
});

describe('the address of a pod', () => {
  it('is not that of another pod, nor soon one that was given back', () => {
    const addresses = new PodAddresses();
    const first = addresses.take();
    addresses.giveBack(first);
    const others = Array.from({ length: 1_000 }, () => addresses.take());
    expect(first).toBe('10.77.16.1');
    expect(new Set([first, ...others]).size).toBe(1_001);
    expect(others.filter((address) => /\.(0|255)$/.test(address))).toEqual([]);
  });
});

describe('the phase of a pod', () => {
  const waiting: ContainerState = { kind: 'waiting', reason: 'ContainerCreating' };
  const running: ContainerState = { kind: 'running', startedAtMs: 0 };
  const over = (exitCode: number) =>
    ({ kind: 'terminated', exitCode, reason: 'x', startedAtMs: 0, finishedAtMs: 1 }) as const;
  const view = (state: ContainerState, last: ContainerView['last'] = null): ContainerView => ({
    ...container,
    state,
    last,
    restarts: 0,
    started: true,
    ready: true,
  });

  it.each([
    ['Always', [waiting], 'Pending'],
    ['Always', [running], 'Running'],
    ['Always', [over(1)], 'Running'],
    ['Never', [over(0)], 'Succeeded'],
    ['Never', [over(0), over(3)], 'Failed'],
    ['Never', [over(0), running], 'Running'],
    ['OnFailure', [over(3)], 'Running'],
    ['OnFailure', [over(0)], 'Succeeded'],
  ] as const)('restartPolicy %s, containers %j: %s', (restartPolicy, states, phase) => {
    expect(
      phaseOf(
        aPod({ restartPolicy }),
        states.map((state) => view(state)),
      ),
    ).toBe(phase);
  });

  it('stays Running between two runs of a container', () => {
    expect(phaseOf(aPod(), [view(waiting, over(1))])).toBe('Running');
  });

  it('tells a signal as a container runtime does', () => {
    expect([exitCodeOf(3, null), exitCodeOf(null, 'SIGKILL'), exitCodeOf(null, 'SIGTERM')]).toEqual([3, 137, 143]);
  });
});

describe('a probe', () => {
  async function aServer(): Promise<{ readonly port: number; answer: number }> {
    const server = createServer((_request, response) => response.writeHead(served.answer).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atTestEnd(() => new Promise((resolve) => server.close(resolve)));
    const served = { port: (server.address() as AddressInfo).port, answer: 200 };
    return served;
  }
  const probed = {
    container: { ...container, ports: [{ name: 'http', containerPort: 1 }] },
    podIP: '127.0.0.1',
    env: {},
  };

  it('by HTTP, by TCP and by command tells what went wrong', async () => {
    const served = await aServer();
    const get = { httpGet: { port: served.port, path: '/healthz' } };
    expect(await look(get, probed)).toBeNull();
    served.answer = 503;
    expect(await look(get, probed)).toBe('HTTP probe failed with statuscode: 503');
    expect(await look({ tcpSocket: { port: served.port } }, probed)).toBeNull();
    expect(await look({ tcpSocket: { port: 'http' } }, probed)).toMatch(/ECONNREFUSED/);
    expect(await look({ tcpSocket: { port: 'grpc' } }, probed)).toBe('container app has no port named grpc');
    expect(await look({ exec: { command: ['sh', '-c', 'exit 3'] } }, probed)).toBe('command ended with 3');
  });

  it('tells a change once, when enough looks in a row agree', async () => {
    const served = await aServer();
    const told: string[] = [];
    const stop = new AbortController();
    atTestEnd(() => stop.abort());
    const probe = { httpGet: { port: served.port }, periodSeconds: 0.02, failureThreshold: 2 };
    void keepProbing(probe, probed, { changed: (healthy) => told.push(healthy), signal: stop.signal });
    await eventually(() => told.length === 1);
    served.answer = 500;
    await eventually(() => told.length === 2);
    served.answer = 200;
    await eventually(() => told.length === 3);
    expect(told).toEqual(['healthy', 'unhealthy', 'healthy']);
  });
});
