/** One look at a container: an HTTP answer, an open port, or a command that ends well. */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { request } from 'undici';
import type { Environment } from './environment.ts';
import type { Container, Probe } from './pod.ts';

export interface Probed {
  readonly container: Container;
  readonly podIP: string;
  readonly env: Environment;
}

/** Null when it went well, otherwise what went wrong. */
export async function look(probe: Probe, probed: Probed): Promise<string | null> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1_000;
  try {
    if (probe.httpGet !== undefined) return await lookByHttp(probe.httpGet, probed, timeoutMs);
    if (probe.tcpSocket !== undefined) return await lookByTcp(probe.tcpSocket, probed, timeoutMs);
    if (probe.exec !== undefined) return await lookByCommand(probe.exec.command, probed, timeoutMs);
    return 'the lab knows probes by httpGet, tcpSocket and exec';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function lookByHttp(
  get: NonNullable<Probe['httpGet']>,
  probed: Probed,
  timeoutMs: number,
): Promise<string | null> {
  const url = `http://${get.host ?? probed.podIP}:${portOf(get.port, probed.container)}${get.path ?? '/'}`;
  const signal = AbortSignal.timeout(timeoutMs);
  const { statusCode, body } = await request(url, { signal, headers: { 'user-agent': 'kube-probe/lab' }, reset: true });
  await body.dump();
  return statusCode >= 200 && statusCode < 400 ? null : `HTTP probe failed with statuscode: ${statusCode}`;
}

const lookByTcp = (to: NonNullable<Probe['tcpSocket']>, probed: Probed, timeoutMs: number): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = connect({
      host: to.host ?? probed.podIP,
      port: portOf(to.port, probed.container),
      timeout: timeoutMs,
    });
    const end = (outcome: string | null): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('connection timed out'));
    socket.once('error', (error) => end(error.message));
  });

const lookByCommand = ([file = '', ...args]: readonly string[], { env }: Probed, timeoutMs: number) =>
  new Promise<string | null>((resolve) => {
    const child = spawn(file, args, { stdio: 'ignore', env: { ...env }, timeout: timeoutMs, killSignal: 'SIGKILL' });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(code === 0 ? null : `command ended with ${code ?? 'a time-out'}`));
  });

function portOf(port: number | string, { name, ports = [] }: Container): number {
  if (typeof port === 'number' || /^\d+$/.test(port)) return Number(port);
  const found = ports.find((candidate) => candidate.name === port);
  if (found === undefined) throw new Error(`container ${name} has no port named ${port}`);
  return found.containerPort;
}
