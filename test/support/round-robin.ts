/** Several servers behind one address, asked in turn: what a Prometheus pair behind a load balancer looks like. */
import { type AtEnd, atTestEnd } from './at-end.ts';
import { startUpstream } from './upstream.ts';

/** Answers its address. A POST goes on as it came. */
export async function startRoundRobin(origins: readonly string[], atEnd: AtEnd = atTestEnd): Promise<string> {
  let turn = 0;
  const balancer = await startUpstream((request, response) => {
    turn += 1;
    const origin = origins[turn % origins.length] ?? '';
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      fetch(`${origin}${request.url ?? ''}`, {
        method: 'POST',
        headers: { 'content-type': request.headers['content-type'] ?? '' },
        body: Buffer.concat(chunks),
      })
        .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
        .catch(() => response.destroy());
    });
  }, atEnd);
  return balancer.origin;
}
