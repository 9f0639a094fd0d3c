/** A made-up history as somebody can ask for it: series in memory, or a real Prometheus that remembers it. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Sample, Series } from '../../src/metrics/series.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { type HistoryPlan, hourMs } from './history-plan.ts';
import { type Counted, scrapesOf } from './history-scrapes.ts';
import { type Truth, truthOf } from './history-truth.ts';
import { seriesHead } from './open-metrics.ts';
import { type PrometheusServer, startPrometheus } from './prometheus.ts';
import { tempDir } from './temp-dir.ts';

/** All of it as series: for short ones. */
export function historySeries(plan: HistoryPlan): readonly Series[] {
  const bySeries = new Map<Counted, Sample[]>();
  for (const { atMs, counted } of scrapesOf(plan))
    for (const each of counted) {
      const samples = bySeries.get(each) ?? [];
      bySeries.set(each, samples);
      samples.push({ atMs, value: each.value });
    }
  return [...bySeries].map(([{ metric, labels }, samples]) => ({ metric, labels, samples }));
}

/** promtool reads a file once for each block that it makes of it, and its blocks are this long: a file a block. */
const blockMs = 18 * hourMs;

/** Writes it as OpenMetrics text and answers the files, each after the one before in time. */
async function writeHistory(plan: HistoryPlan, folder: string): Promise<readonly string[]> {
  const heads = new Map<Counted, string>();
  const files: string[] = [];
  let file: Lines | null = null;
  let block = -1;
  for (const { atMs, counted } of scrapesOf(plan)) {
    const next = Math.floor(atMs / blockMs);
    if (next > block || file === null) {
      await file?.end();
      block = next;
      const path = join(folder, `history-${files.length}.txt`);
      files.push(path);
      file = linesInto(path);
    }
    let text = '';
    for (const each of counted) {
      const head = heads.get(each) ?? seriesHead(each);
      heads.set(each, head);
      text += `${head} ${each.value} ${atMs / 1000}\n`;
    }
    await file.write(text);
  }
  await file?.end();
  return files;
}

interface Lines {
  write(text: string): Promise<void> | void;
  end(): Promise<void>;
}

function linesInto(path: string): Lines {
  const stream = createWriteStream(path, { highWaterMark: 1024 * 1024 });
  let waiting = '';
  return {
    write: (text) => {
      waiting += text;
      if (waiting.length < 256 * 1024) return undefined;
      const full = waiting;
      waiting = '';
      return stream.write(full) ? undefined : once(stream, 'drain').then(() => undefined);
    },
    end: async () => {
      stream.end(`${waiting}# EOF\n`);
      await once(stream, 'close');
    },
  };
}

export interface ServedHistory {
  readonly url: string;
  readonly plan: HistoryPlan;
  readonly truth: Truth;
  readonly prometheus: PrometheusServer;
}

/** A real Prometheus with this past; it scrapes nothing. */
export async function serveHistory(plan: HistoryPlan, atEnd: AtEnd = atTestEnd): Promise<ServedHistory> {
  const history = await writeHistory(plan, await tempDir(atEnd));
  const prometheus = await startPrometheus({ history }, atEnd);
  return { url: prometheus.url, plan, truth: truthOf(plan), prometheus };
}
