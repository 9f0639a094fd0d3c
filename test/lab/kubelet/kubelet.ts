/**
 * A kubelet for tests: one node, on which each container of a pod is a process of this machine.
 *
 *   pod without a node ──► bound here ──► PodRunner ──(deletionTimestamp)──► end ──► removed from the server
 *
 * It runs commands, not images; volumes, init containers and resource limits are not its business.
 */
import { type Api, hasCode } from '../api/api.ts';
import { follow } from '../api/follow.ts';
import { addresses } from '../network/network.ts';
import { pause } from '../pause.ts';
import { labBackOff } from './back-off.ts';
import { kubeletPort } from './log-server.ts';
import type { Pod } from './pod.ts';
import { PodAddresses } from './pod-address.ts';
import { PodRunner } from './pod-runner.ts';
import { timeOf } from './pod-status.ts';

const nodeName = 'lab';
const retryMs = 200;

export class Kubelet {
  readonly #api: Api;
  readonly #lab: string;
  readonly #stopped = new AbortController();
  readonly #addresses = new PodAddresses();
  /** By uid. */
  readonly #pods = new Map<string, PodRunner>();
  readonly #binding = new Set<string>();

  constructor(api: Api, lab: string) {
    this.#api = api;
    this.#lab = lab;
  }

  async start(): Promise<void> {
    await this.#api.apply(`/api/v1/nodes/${nodeName}`, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName, labels: { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' } },
    });
    await this.#api.patch(`/api/v1/nodes/${nodeName}/status`, { status: nodeStatus() }, 'strategic');
    const follower = {
      listed: (pods: readonly Pod[]): void => this.#listed(pods),
      changed: (pod: Pod): void => this.#changed(pod),
      gone: (pod: Pod): void => this.#gone(pod.metadata.uid),
    };
    void follow<Pod>(this.#api, '/api/v1/pods', { follower, signal: this.#stopped.signal });
  }

  /** Whether a pod of that name is here. */
  has(namespace: string, name: string): boolean {
    return [...this.#pods.values()].some(
      ({ pod: { metadata } }) => metadata.name === name && metadata.namespace === namespace,
    );
  }

  /** Every process of every pod ends; the server is not told. */
  stop(): void {
    this.#stopped.abort();
    for (const runner of this.#pods.values()) runner.kill();
  }

  #listed(pods: readonly Pod[]): void {
    const there = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const uid of [...this.#pods.keys()].filter((known) => !there.has(known))) this.#gone(uid);
    for (const pod of pods) this.#changed(pod);
  }

  #changed(pod: Pod): void {
    const { uid, deletionTimestamp, deletionGracePeriodSeconds = 30 } = pod.metadata;
    const { nodeName: node } = pod.spec;
    if (node === undefined || node === '') void this.#bind(pod);
    if (node !== nodeName) return;
    const runner = this.#pods.get(uid) ?? this.#run(pod);
    if (deletionTimestamp !== undefined) void runner.end(deletionGracePeriodSeconds * 1_000);
  }

  #run(pod: Pod): PodRunner {
    const podIP = this.#addresses.take();
    const { signal } = this.#stopped;
    const runner = new PodRunner(pod, { api: this.#api, podIP, backOff: labBackOff, lab: this.#lab, signal });
    this.#pods.set(pod.metadata.uid, runner);
    if (pod.metadata.deletionTimestamp === undefined) runner.start();
    return runner;
  }

  #gone(uid: string): void {
    const runner = this.#pods.get(uid);
    if (runner === undefined) return;
    runner.kill();
    this.#pods.delete(uid);
    this.#addresses.giveBack(runner.podIP);
  }

  /** The scheduler's part: there is one node. */
  async #bind({ metadata: { name, namespace = 'default', uid, deletionTimestamp } }: Pod): Promise<void> {
    if (deletionTimestamp !== undefined || this.#binding.has(uid)) return;
    this.#binding.add(uid);
    const target = { apiVersion: 'v1', kind: 'Node', name: nodeName };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target };
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#api.create(`/api/v1/namespaces/${namespace}/pods/${name}/binding`, binding);
        break;
      } catch (error) {
        // Gone, or bound already.
        if (hasCode(404)(error) || hasCode(409)(error)) break;
        await pause(retryMs, this.#stopped.signal);
      }
    }
    this.#binding.delete(uid);
  }
}

function nodeStatus(): object {
  const now = timeOf(Date.now());
  const room = { cpu: '64', memory: '256Gi', pods: '10000' };
  return {
    capacity: room,
    allocatable: room,
    addresses: [{ type: 'InternalIP', address: addresses.kubelet }],
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'pods run as processes of this machine',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      machineID: 'lab',
      systemUUID: 'lab',
      bootID: 'lab',
      kernelVersion: 'lab',
      osImage: 'lab',
      containerRuntimeVersion: 'lab://1',
      kubeletVersion: 'v1.36.3',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
}
