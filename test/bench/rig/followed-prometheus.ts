/** A real Prometheus that scrapes each second what it is told to follow. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AtEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startPrometheus } from '../../support/prometheus.ts';
import { tempDir } from '../../support/temp-dir.ts';

export interface FollowedPrometheus {
  readonly url: string;
  /** Settles when it has samples of all of them, `host:port` each. */
  follow(hosts: readonly string[]): Promise<void>;
}

export async function followedPrometheus(atEnd: AtEnd): Promise<FollowedPrometheus> {
  const file = join(await tempDir(atEnd), 'targets.json');
  writeFileSync(file, '[]');
  const { url } = await startPrometheus({ targetFiles: [file] }, atEnd);
  return {
    url,
    follow: async (hosts) => {
      writeFileSync(`${file}.next`, JSON.stringify([{ targets: hosts, labels: { job: 'app' } }]));
      renameSync(`${file}.next`, file);
      await eventually(async () => areIn(await scraped(url), hosts), { withinMs: 30_000 });
    },
  };
}

async function scraped(url: string): Promise<Set<string>> {
  const answer = await fetch(`${url}/api/v1/query?query=http_requests_total`);
  const { data } = (await answer.json()) as { data: { result: { metric: { instance: string } }[] } };
  return new Set(data.result.map(({ metric }) => metric.instance));
}

const areIn = (known: ReadonlySet<string>, hosts: readonly string[]): boolean => hosts.every((host) => known.has(host));
