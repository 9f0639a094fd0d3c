/** `node test/bench/measure.ts`: how long it takes to measure six rules over two instances, in microseconds. */
import { cpus } from 'node:os';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure } from '../../src/metrics/measure.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import type { Arms, Series } from '../../src/metrics/series.ts';
import type { Sli } from '../../src/rules/sli.ts';
import { aRule } from '../support/a-rule.ts';

const all = (metric: string) => ({ metric, matchers: [] });
const total = all('http_requests_total');
const slis: Readonly<Record<string, Sli>> = {
  error_rate: { kind: 'ratio', bad: { ...total, matchers: [{ label: 'code', op: '=~', value: '5..' }] }, total },
  response_time_p95: {
    kind: 'latency',
    histogram: all('http_request_duration_seconds'),
    quantile: 0.95,
    bound: 0.5,
    unitsPerSecond: 1,
    snap: false,
  },
  throughput: { kind: 'volume', total },
  cpu_usage: { kind: 'gauge', selector: all('sluice_host_cpu_ratio'), aggregate: 'avg' },
  memory_usage: { kind: 'gauge', selector: all('sluice_host_memory_ratio'), aggregate: 'max' },
  disk_usage: { kind: 'gauge', selector: all('sluice_host_disk_ratio'), aggregate: 'max' },
};

const rules = Object.entries(slis).map(([name, sli]) => aRule({ name, sli }));

const arms: Arms = { canary: { instance: ['10.0.0.1:80'] }, stable: { instance: ['10.0.0.2:80'] } };
const bounds = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];

/** What one instance exposes at a moment, over the last six samples. */
function instance(name: string, atMs: number): readonly Series[] {
  const series = (metric: string, labels: Record<string, string>, value: (t: number) => number): Series => ({
    metric,
    labels: { instance: name, job: 'app', ...labels },
    samples: [5, 4, 3, 2, 1, 0].map((age) => ({ atMs: atMs - age * 5_000, value: value(atMs - age * 5_000) })),
  });
  return [
    ...['200', '404', '500'].map((code) => series('http_requests_total', { code }, (t) => t / 100)),
    ...bounds.map((le, index) =>
      series('http_request_duration_seconds_bucket', { le }, (t) => (t / 1000) * (index + 1)),
    ),
    ...['cpu', 'memory', 'disk'].map((what) => series(`sluice_host_${what}_ratio`, {}, () => 0.4)),
    series('process_start_time_seconds', {}, () => 1_700_000_000),
    series('up', {}, () => 1),
  ];
}

const rounds = 4_000;
const answers = Array.from({ length: rounds }, (_, round): Answer => {
  const atMs = 1_800_000_000_000 + round * 5_000;
  const series = [...instance('10.0.0.1:80', atMs), ...instance('10.0.0.2:80', atMs)];
  return { kind: 'series', source: 'bench', receivedAtMs: atMs, series };
});

let memory = emptyMemory;
const times = answers.map((answer) => {
  const begun = performance.now();
  ({ memory } = measure({ rules, arms, memory, answer, nowMs: answer.receivedAtMs, notBeforeMs: 0 }));
  return (performance.now() - begun) * 1000;
});
const sorted = times.slice(rounds / 4).sort((a, b) => a - b);
const quantile = (q: number): string => (sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN).toFixed(0);
console.log(
  `measure(): 6 rules x 2 instances (40 series): median ${quantile(0.5)} us, p99 ${quantile(0.99)} us; ` +
    `memory ${JSON.stringify(memory).length} bytes; ${cpus().length} cores`,
);
