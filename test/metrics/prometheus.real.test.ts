import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure, readRequest } from '../../src/metrics/measure.ts';
import { prometheusSource } from '../../src/metrics/prometheus.ts';
import type { Reading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { metricSourceContract } from '../contract/metric-source.ts';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { errorRule, ruleOf } from '../support/metrics.ts';
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const sourceAt = (url: string) => prometheusSource({ name: 'main', url, intervalMs: 1_000, timeoutMs: 2_000 });

describe.runIf(needs('prometheus'))('a real Prometheus', () => {
  metricSourceContract('Prometheus', async (atEnd) => {
    const [canary, stable] = [await metricsPage(atEnd), await metricsPage(atEnd)];
    const { url } = await startPrometheus({ targets: [canary.instance, stable.instance] }, atEnd);
    return { source: sourceAt(url), canary, stable };
  });

  describe('two of them behind a round-robin', () => {
    const atEnd = suiteEnd();
    let page: MetricsPage;
    let origin: string;
    beforeAll(async () => {
      page = await metricsPage(atEnd);
      page.add('requests_total', { code: '200' }, 100_000);
      const pair = await Promise.all(
        ['a', 'b'].map((replica) => startPrometheus({ targets: [page.instance], replica }, atEnd)),
      );
      let turn = 0;
      const balancer = await startUpstream((request, response) => {
        turn += 1;
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          void fetch(`${pair[turn % 2]!.url}${request.url ?? ''}`, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: Buffer.concat(chunks),
          }).then(async (answer) => response.writeHead(answer.status).end(await answer.text()));
        });
      }, atEnd);
      origin = balancer.origin;
      const seen = async (url: string): Promise<boolean> => {
        const query = await fetch(`${url}/api/v1/query?query=requests_total`);
        return ((await query.json()) as { data: { result: unknown[] } }).data.result.length > 0;
      };
      await eventually(async () => (await Promise.all(pair.map(({ url }) => seen(url)))).every(Boolean));
    });

    it('show no phantom reset, count nothing twice and lose nothing', async () => {
      const arms = { canary: { instance: [page.instance] }, stable: { instance: [] } };
      const source = sourceAt(origin);
      let memory = emptyMemory;
      let counted = 0;
      let newest = 0;
      const readings: Reading[] = [];
      const look = async (): Promise<void> => {
        const answer = await source.read(readRequest([errorRule], arms, 5_000));
        const measured = measure({ rules: [errorRule], arms, memory, answer, nowMs: Date.now(), notBeforeMs: 0 });
        memory = measured.memory;
        const reading = measured.readings[errorRule.name]!;
        readings.push(reading);
        if (reading.kind === 'counts') counted += reading.fresh.canary.events;
        if (reading.kind === 'counts') newest = reading.atMs;
      };
      await look();
      const before = Object.values(memory.targets[page.instance]!.series)[0]!.value;
      const countedBefore = counted;
      let added = 100_000 - before;
      const end = Date.now() + 4_000;
      while (Date.now() < end) {
        page.add('requests_total', { code: '200' }, 7);
        added += 7;
        await look();
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      const until = Date.now();
      await eventually(async () => {
        await look();
        return newest > until;
      });
      expect(counted - countedBefore).toBe(added);
      expect(readings.filter((each) => each.kind === 'nothing' && each.reason !== 'FirstSample')).toEqual([]);
    });
  });

  describe('that remembers yesterday', () => {
    it('tells how many requests there were at this time, in all, and nothing of a day that it did not see', async () => {
      const folder = await tempDir();
      const file = join(folder, 'history.txt');
      const dayS = 86_400;
      const nowS = Math.floor(Date.now() / 1000);
      const samples = (pod: string, fromS: number, perSecond: number): readonly string[] =>
        Array.from({ length: 61 }, (_, i) => {
          const labels = `job="app",instance="${pod}"`;
          return `requests_total{${labels}} ${i * 15 * perSecond} ${fromS + i * 15}`;
        });
      const lines = [
        '# TYPE requests counter',
        ...samples('old:1', nowS - dayS - 900, 20),
        ...samples('old:2', nowS - dayS - 900, 10),
        ...samples('new:1', nowS - 900, 24),
        '# EOF',
      ];
      await writeFile(file, `${lines.join('\n')}\n`);
      const { url } = await startPrometheus({ history: [file] });
      const total = (agoMs: number): Rule =>
        ruleOf(
          {
            kind: 'volume',
            total: { metric: 'requests_total', matchers: [{ label: 'job', op: '=', value: 'app' }] },
            agoMs,
          },
          { name: `ago_${agoMs / 86_400_000}`, windowMs: 600_000 },
        );
      const rules = [total(dayS * 1000), total(7 * dayS * 1000)];
      const arms = { canary: { instance: ['new:1'] }, stable: { instance: ['old:1'] }, lasting: {} };
      const answer = await sourceAt(url).read(readRequest(rules, arms, 30_000));
      const measured = measure({ rules, arms, memory: emptyMemory, answer, nowMs: Date.now(), notBeforeMs: 0 });
      const [yesterday, lastWeek] = rules.map(({ name }) => measured.readings[name]);
      if (yesterday?.kind !== 'volume') throw new Error(JSON.stringify(yesterday));
      expect(yesterday.now / 600).toBeCloseTo(24, 0);
      expect((yesterday.then ?? 0) / 600).toBeCloseTo(30, 0);
      expect(lastWeek).toMatchObject({ kind: 'volume', then: null });
    });
  });

  describe('whose targets have other buckets', () => {
    it('compares them at the bounds that both have, and takes nobody’s requests for slow', async () => {
      const [canary, stable] = [await metricsPage(), await metricsPage()];
      const add = (page: MetricsPage, bounds: readonly string[], times: readonly number[]): void => {
        for (const le of [...bounds, '+Inf']) {
          const within = times.filter((time) => time <= (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)));
          page.add('seconds_bucket', { le }, within.length);
        }
      };
      const request = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0.08 : i < 98 ? 0.2 : 0.7));
      const serve = (): void => {
        add(canary, ['0.1', '0.25', '0.5', '1.0'], request);
        add(stable, ['0.1', '0.5', '1', '5'], request);
      };
      serve();
      const { url } = await startPrometheus({ targets: [canary.instance, stable.instance] });
      const rule = ruleOf({
        kind: 'latency',
        histogram: { metric: 'seconds', matchers: [] },
        quantile: 0.95,
        bound: 0.5,
        unitsPerSecond: 1,
        snap: false,
      });
      const arms = { canary: { instance: [canary.instance] }, stable: { instance: [stable.instance] } };
      const source = sourceAt(url);
      let memory = emptyMemory;
      let comparedToMs = 0;
      const slower = new Map<number, { canary: number; stable: number }>();
      const look = async (): Promise<void> => {
        const answer = await source.read(readRequest([rule], arms, 10_000));
        const measured = measure({ rules: [rule], arms, memory, answer, nowMs: Date.now(), notBeforeMs: 0 });
        memory = measured.memory;
        const reading = measured.readings[rule.name];
        if (reading?.kind === 'counts') comparedToMs = reading.aligned.toMs;
        for (const each of reading?.kind === 'counts' ? (reading.aligned.slower ?? []) : []) {
          const sum = slower.get(each.bound) ?? { canary: 0, stable: 0 };
          slower.set(each.bound, { canary: sum.canary + each.canary, stable: sum.stable + each.stable });
        }
      };
      await eventually(async () => (await look(), memory.rules[rule.name]?.bounds !== undefined), { everyMs: 200 });
      // What was counted while comparing began is compared in part.
      const begunMs = Date.now() + 2_000;
      await eventually(async () => (await look(), comparedToMs > begunMs), { everyMs: 200 });
      serve();
      const all = (): boolean => Math.min(...Object.values(slower.get(0.1) ?? { none: 0 })) > 39.99;
      await eventually(async () => (await look(), all()), { everyMs: 200 });
      expect(Object.fromEntries(slower)).toEqual({
        0.5: { canary: 2, stable: expect.closeTo(2, 6) },
        0.1: { canary: 40, stable: expect.closeTo(40, 6) },
        1: { canary: 0, stable: 0 },
      });
    });
  });

  describe('whose target’s exporter died', () => {
    it('is stale by the samples’ own times, though an expression still answers with the time of the question', async () => {
      const page = await metricsPage();
      page.add('requests_total', { code: '200' }, 10);
      const { url } = await startPrometheus({ targets: [page.instance] });
      const arms = { canary: { instance: [page.instance] }, stable: { instance: [] } };
      const expression = ruleOf(
        { kind: 'expression', promql: 'sum by (instance) (rate(requests_total{$arm}[1m]))', aggregate: 'max' },
        { name: 'rate' },
      );
      const rules = [errorRule, expression];
      const source = sourceAt(url);
      const look = async () => {
        const answer = await source.read(readRequest(rules, arms, 30_000));
        return measure({ rules, arms, memory: emptyMemory, answer, nowMs: Date.now(), notBeforeMs: 0 }).readings;
      };
      await eventually(async () => (await look())['rate']?.kind === 'level', { everyMs: 200 });
      await page.close();
      const readings = await eventually(
        async () => {
          const seen = await look();
          return seen['rate']?.kind === 'nothing' ? seen : null;
        },
        { everyMs: 200 },
      );
      expect(readings['rate']).toMatchObject({ reason: 'Stale', message: expect.stringContaining('up is 0') });
      expect(readings['error_rate']).toMatchObject({ reason: 'Stale' });
    });
  });
});
