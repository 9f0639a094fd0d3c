/** What every pod without a process exposes: on all addresses of the network, one port for healthy versions, one for bad ones. */
import { createServer } from 'node:http';
import type { AtEnd } from '../support/at-end.ts';

export const healthyPort = 18_080;
export const badPort = 18_081;

const perSecond = 400;

export interface PodMetrics {
  /** Whether the pods of a namespace answer. */
  let(namespace: string, are: 'speaking' | 'silent'): void;
}

/** Counters begin when a pod is asked first; a bad one fails half of its requests. */
export async function startPodMetrics(namespaceAt: (address: string) => string, atEnd: AtEnd): Promise<PodMetrics> {
  const silent = new Set<string>();
  const since = new Map<string, number>();
  for (const port of [healthyPort, badPort]) {
    const server = createServer(({ socket }, answer) => {
      const address = (socket.localAddress ?? '').replace('::ffff:', '');
      if (silent.has(namespaceAt(address))) return void socket.destroy();
      const startedMs = since.get(address) ?? Date.now();
      since.set(address, startedMs);
      answer.end(page(startedMs, port === badPort ? 0.5 : 0));
    });
    await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
    atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
  }
  return {
    let: (namespace, are) => void (are === 'silent' ? silent.add(namespace) : silent.delete(namespace)),
  };
}

function page(startedMs: number, badRatio: number): string {
  const requests = Math.floor(((Date.now() - startedMs) / 1_000) * perSecond);
  const bad = Math.floor(requests * badRatio);
  return `# TYPE http_requests_total counter
http_requests_total{method="GET",code="200"} ${requests - bad}
http_requests_total{method="GET",code="500"} ${bad}
# TYPE process_start_time_seconds gauge
process_start_time_seconds ${startedMs / 1_000}
`;
}
