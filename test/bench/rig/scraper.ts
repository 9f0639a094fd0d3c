/** Prometheus' part in a process of its own: at each message one scrape, read to its last byte and not unpacked; answers how long it took. */
import { Agent, get } from 'node:http';

const [url = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

export interface Scraped {
  readonly tookMs: number;
  readonly firstByteMs: number;
  readonly bytes: number;
  readonly encoding: string;
}

process.on('message', (encoding: string) => {
  const startMs = performance.now();
  get(url, { agent, headers: { 'Accept-Encoding': encoding } }, (answer) => {
    const firstByteMs = performance.now() - startMs;
    let bytes = 0;
    answer.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    answer.on('end', () => {
      const used = answer.headers['content-encoding'] ?? 'identity';
      process.send?.({ tookMs: performance.now() - startMs, firstByteMs, bytes, encoding: used } satisfies Scraped);
    });
  });
});
