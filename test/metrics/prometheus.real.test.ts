import { beforeAll, describe, expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure, readRequest } from '../../src/metrics/measure.ts';
import { prometheusSource } from '../../src/metrics/prometheus.ts';
import type { Reading } from '../../src/metrics/reading.ts';
import { metricSourceContract } from '../contract/metric-source.ts';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { errorRule, ruleOf } from '../support/metrics.ts';
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';
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
