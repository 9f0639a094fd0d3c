/** A real Prometheus server of a test's own: free port, its own folder, ended by its id. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { startProcess, type TestProcess } from './process.ts';
import { tempDir } from './temp-dir.ts';

export interface PrometheusServer {
  readonly url: string;
  /** The one that runs now; another one after `restart`. */
  process(): TestProcess;
  /** Starts it again where it was, with all that it remembers. */
  restart(): Promise<void>;
  /** Another one in its place: it remembers nothing. */
  replace(): Promise<void>;
}

export interface PrometheusConfig {
  /** host:port of each target, all of one job. */
  readonly targets?: readonly string[];
  /** Files of file-based discovery, followed when they change. */
  readonly targetFiles?: readonly string[];
  /** Default `1s`. */
  readonly scrapeInterval?: string;
  /** Tells two servers apart; also moves the moments at which they scrape. */
  readonly replica?: string;
  /** Files of OpenMetrics text that it remembers from before its start, each after the one before in time. */
  readonly history?: readonly string[];
  /** Alert rules, evaluated every second. */
  readonly alertRules?: readonly object[];
  /** Besides its own. */
  readonly flags?: readonly string[];
}

/** It scrapes what is new to it within about 5 s: wait for the first sample, not for this. */
export async function startPrometheus(given: PrometheusConfig, atEnd: AtEnd = atTestEnd): Promise<PrometheusServer> {
  const folder = await tempDir(atEnd);
  const config = join(folder, 'prometheus.json');
  const ruleFile = join(folder, 'alert-rules.json');
  const { alertRules = [] } = given;
  await writeFile(ruleFile, JSON.stringify({ groups: [{ name: 'alerts', interval: '1s', rules: alertRules }] }));
  await writeFile(config, JSON.stringify({ ...configOf(given), rule_files: alertRules.length > 0 ? [ruleFile] : [] }));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const data = join(folder, 'data');
  for (const file of given.history ?? []) await makeBlocks(file, { into: data, atEnd });
  const start = async (): Promise<TestProcess> => {
    const process = startProcess(
      [
        'prometheus',
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        // A history may be as old as a test likes.
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=${address}`,
        '--log.level=warn',
        ...(given.flags ?? []),
      ],
      { atEnd },
    );
    await eventually(async () => (await fetch(`${url}/-/ready`)).ok, { everyMs: 50 });
    return process;
  };
  let running = await start();
  const restart = async (): Promise<void> => {
    await running.end('SIGKILL');
    running = await start();
  };
  const replace = async (): Promise<void> => {
    await running.end('SIGKILL');
    await rm(data, { recursive: true, force: true });
    running = await start();
  };
  return { url, process: () => running, restart, replace };
}

async function makeBlocks(file: string, { into, atEnd }: { into: string; atEnd: AtEnd }): Promise<void> {
  const make = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', '--max-block-duration=24h'] as const;
  const tool = startProcess(['promtool', ...make, file, into], { atEnd });
  if ((await tool.exited) !== 0) throw new Error(`promtool made no blocks of ${file}:\n${tool.output()}`);
}

/** JSON is YAML. */
const configOf = ({ targets = [], targetFiles = [], scrapeInterval = '1s', replica = 'a' }: PrometheusConfig) => ({
  global: { scrape_interval: scrapeInterval, scrape_timeout: scrapeInterval, external_labels: { replica } },
  scrape_configs: [
    {
      job_name: 'app',
      static_configs: [{ targets }],
      ...(targetFiles.length === 0 ? {} : { file_sd_configs: [{ files: targetFiles, refresh_interval: '1s' }] }),
    },
  ],
});
