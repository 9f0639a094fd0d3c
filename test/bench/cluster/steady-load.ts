/** Requests at a steady rate through the mesh, whatever becomes of the ones before; and when they failed. */
import { Agent, request } from 'undici';
import { addresses } from '../../lab/network/network.ts';
import type { AtEnd } from '../../support/at-end.ts';

export interface SteadyLoad {
  /** When requests were answered with failure, epoch ms, in order. */
  readonly failedAtMs: readonly number[];
  sent(): number;
}

const everyMs = 10;

/** 100 a second. Each that is late is sent when its time is noticed: none is left out. */
export function startLoad(host: string, atEnd: AtEnd): SteadyLoad {
  const failedAtMs: number[] = [];
  const dispatcher = new Agent({ connections: 64 });
  const beganMs = performance.now();
  let sent = 0;
  const one = async (): Promise<void> => {
    try {
      const { statusCode, body } = await request(`http://${addresses.ingress}/`, { headers: { host }, dispatcher });
      await body.dump();
      if (statusCode !== 200) failedAtMs.push(Date.now());
    } catch {
      failedAtMs.push(Date.now());
    }
  };
  const timer = setInterval(() => {
    for (; sent < (performance.now() - beganMs) / everyMs; sent++) void one();
  }, everyMs);
  atEnd(() => {
    clearInterval(timer);
    return dispatcher.destroy();
  });
  return { failedAtMs, sent: () => sent };
}
