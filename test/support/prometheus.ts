/** A real Prometheus server of a test's own: free port, its own folder, ended by its id. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually } from './eventually.ts';
import { startProcess, type TestProcess } from './process.ts';
import { tempDir } from './temp-dir.ts';

export interface PrometheusServer {
  readonly url: string;
  readonly process: TestProcess;
}

export interface PrometheusConfig {
  /** host:port of each target, all of one job. */
  readonly targets: readonly string[];
  /** Default `1s`. */
  readonly scrapeInterval?: string;
  /** Tells two servers apart; also moves the moments at which they scrape. */
  readonly replica?: string;
}

/** It scrapes what exists at its start within about 5 s: wait for the first sample, not for this. */
export async function startPrometheus(given: PrometheusConfig, atEnd: AtEnd = atTestEnd): Promise<PrometheusServer> {
  const folder = await tempDir(atEnd);
  const config = join(folder, 'prometheus.json');
  await writeFile(config, JSON.stringify(configOf(given)));
  const port = await freePort();
  const process = startProcess(
    [
      'prometheus',
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { atEnd },
  );
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok, { withinMs: 20_000, everyMs: 50 });
  return { url, process };
}

/** JSON is YAML. */
const configOf = ({ targets, scrapeInterval = '1s', replica = 'a' }: PrometheusConfig) => ({
  global: { scrape_interval: scrapeInterval, scrape_timeout: scrapeInterval, external_labels: { replica } },
  scrape_configs: [{ job_name: 'app', static_configs: [{ targets }] }],
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
