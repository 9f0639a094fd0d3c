import { describe, expect, it } from 'vitest';
import { combinedSource } from '../../src/metrics/combined.ts';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { fallbackSource } from '../../src/metrics/fallback.ts';
import { measure, readRequest } from '../../src/metrics/measure.ts';
import type { Answer, MetricSource } from '../../src/metrics/metric-source.ts';
import { type ScriptedFailure, scriptedSource } from '../../src/metrics/scripted.ts';
import type { Series } from '../../src/metrics/series.ts';
import { eventually } from '../support/eventually.ts';
import { arms, at, errorRule, requests, ruleOf, series } from '../support/metrics.ts';

const clock = { wallMs: () => at(1), monotonicMs: () => 1 };
const down: ScriptedFailure = { reason: 'Timeout', message: 'no answer' };

const scripted = (name: string, script: () => readonly Series[] | ScriptedFailure, intervalMs = 1_000) => {
  const source = scriptedSource({ name, intervalMs, clock, script });
  const asked: string[][] = [];
  const spied: MetricSource = {
    ...source,
    read: (request) => {
      asked.push(request.selectors.map(({ metric }) => metric));
      return source.read(request);
    },
  };
  return { source: spied, asked };
};

const cpuRule = ruleOf(
  { kind: 'gauge', selector: { metric: 'sluice_host_cpu_ratio', matchers: [] }, aggregate: 'max' },
  { name: 'cpu' },
);
const request = readRequest([errorRule, cpuRule], arms, 1_000);
const cpu = series('sluice_host_cpu_ratio', { instance: 'c:1' }, [1, 0.5]);
const count = requests('c:1', '200', [1, 5]);

describe('the combined source', () => {
  it('asks each source for its own, and everybody for what they say of their targets', async () => {
    const main = scripted('main', () => [count]);
    const host = scripted('host', () => [cpu], 250);
    const source = combinedSource({ main: main.source, parts: [{ prefix: 'sluice_host_', source: host.source }] });
    const answer = await source.read(request);
    expect(answer).toMatchObject({ kind: 'series', source: 'main', series: [count, cpu] });
    expect(host.asked).toEqual([['sluice_host_cpu_ratio', 'up', 'process_start_time_seconds']]);
    expect(main.asked).toEqual([['requests_total', 'requests_created', 'up', 'process_start_time_seconds']]);
    expect(source.intervalMs).toBe(250);
  });

  it('loses only the metrics of the part that fails', async () => {
    const main = scripted('main', () => down);
    const host = scripted('host', () => [cpu]);
    const source = combinedSource({ main: main.source, parts: [{ prefix: 'sluice_host_', source: host.source }] });
    const answer = await source.read(request);
    const { readings } = measure({
      rules: [errorRule, cpuRule],
      arms,
      memory: emptyMemory,
      answer,
      nowMs: at(1),
      notBeforeMs: 0,
    });
    expect(readings).toMatchObject({
      error_rate: { kind: 'nothing', reason: 'SourceDown', message: 'no answer' },
      cpu: { kind: 'level', canary: 0.5 },
    });
  });

  it('fails when everybody does', async () => {
    const source = combinedSource({
      main: scripted('main', () => down).source,
      parts: [{ prefix: 'sluice_host_', source: scripted('host', () => down).source }],
    });
    expect(await source.read(request)).toMatchObject({ kind: 'failed', reason: 'Timeout' });
  });
});

describe('a source with a fallback', () => {
  const world = () => {
    const state: { main: readonly Series[] | ScriptedFailure; scrape: readonly Series[] | ScriptedFailure } = {
      main: [count],
      scrape: [count],
    };
    const main = scripted('main', () => state.main, 5_000);
    const scrape = scripted('scrape', () => state.scrape, 250);
    return { state, main, scrape, source: fallbackSource({ main: main.source, fallback: scrape.source }) };
  };

  it('is the main one while that answers', async () => {
    const { source, scrape } = world();
    expect(await source.read(request)).toMatchObject({ source: 'main' });
    expect(source.intervalMs).toBe(5_000);
    expect(scrape.asked).toEqual([]);
  });

  it('judges on by the other at once, at its pace, and says so', async () => {
    const { source, state } = world();
    state.main = down;
    expect(await source.read(request)).toMatchObject({ kind: 'series', source: 'scrape' });
    expect(source.intervalMs).toBe(250);
  });

  it('goes back when main has answered three times, and does not wait for it before', async () => {
    const { source, state, main } = world();
    state.main = down;
    await source.read(request);
    state.main = [count];
    const sources: string[] = [];
    await eventually(
      async () => {
        const { source: name } = await source.read(request);
        sources.push(name);
        return name === 'main';
      },
      { everyMs: 1 },
    );
    expect(sources.filter((name) => name === 'scrape').length).toBeGreaterThanOrEqual(3);
    expect(main.asked.length).toBeGreaterThanOrEqual(4);
    const hanging: MetricSource = { name: 'main', intervalMs: 1, read: () => new Promise<Answer>(() => {}) };
    let first = true;
    const flaky: MetricSource = {
      ...hanging,
      read: (asked) => {
        if (!first) return hanging.read(asked);
        first = false;
        return Promise.resolve({ kind: 'failed', source: 'main', receivedAtMs: 0, ...down });
      },
    };
    const stuck = fallbackSource({ main: flaky, fallback: world().scrape.source });
    expect([await stuck.read(request), await stuck.read(request)]).toMatchObject([
      { source: 'scrape' },
      { source: 'scrape' },
    ]);
  });

  it('asks main again when the other fails, and says both reasons when neither answers', async () => {
    const { source, state } = world();
    state.main = down;
    await source.read(request);
    state.scrape = { reason: 'Unreachable', message: 'refused' };
    expect(await source.read(request)).toMatchObject({
      kind: 'failed',
      source: 'main',
      message: 'no answer; and the fallback scrape: refused',
    });
    state.main = [count];
    expect(await source.read(request)).toMatchObject({ kind: 'series', source: 'main' });
  });

  it('counts nothing twice and loses nothing over a switch and back', async () => {
    const { source, state } = world();
    let value = 100;
    let counted = 0;
    let memory = emptyMemory;
    for (let second = 1; second <= 30; second += 1) {
      value += 10;
      const seen = [requests('c:1', '200', [second, value])];
      state.main =
        second > 8 && second < 15 ? down : seen.map((each) => ({ ...each, labels: { ...each.labels, job: 'app' } }));
      state.scrape = seen;
      const answer = await source.read(request);
      const measured = measure({ rules: [errorRule], arms, memory, answer, nowMs: at(second), notBeforeMs: 0 });
      memory = measured.memory;
      const reading = measured.readings['error_rate']!;
      if (reading.kind === 'counts') counted += reading.fresh.canary.events;
    }
    expect(counted).toBe(290);
  });
});
