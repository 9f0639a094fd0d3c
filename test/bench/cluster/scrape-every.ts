/** How often the lab's Prometheus scrapes, changed while it runs. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { prometheusUrl } from '../../lab/metrics/prometheus.ts';

/** `folder`: of the lab. */
export async function scrapeEvery(folder: string, seconds: number): Promise<void> {
  const file = join(folder, 'prometheus', 'prometheus.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as { readonly global: object };
  await writeFile(file, JSON.stringify({ ...config, global: { ...config.global, scrape_interval: `${seconds}s` } }));
  await request(`${prometheusUrl}/-/reload`, { method: 'POST' });
}
