import { describe, expect, it } from 'vitest';
import { failed, ok, type Result } from '../../src/lib/result.ts';
import type { Release } from '../../src/release/release.ts';
import { metricFamilies } from '../../src/telemetry/metric-names.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { bakingRelease, sampleRelease } from '../support/sample-release.ts';

const metricsOf = (read: () => Result<readonly Release[]>): Metrics =>
  createMetrics({ version: '1.2.3', releases: async () => read() });

const countEverything = (metrics: Metrics): void => {
  metrics.decided('advance', 'StepPassed');
  metrics.rolledBack('app', 'error_rate');
  metrics.ended('app', 'rolledBack', 900_000);
  metrics.reachedZero(420);
  metrics.queried('main', 12);
  metrics.queried('main', 2_000, 'Timeout');
  metrics.reconciled(3);
  metrics.reconcileFailed('app');
  metrics.driftCorrected('app');
  metrics.routerWrote('ok');
  metrics.notified('webhook', 'sent');
  metrics.apiAnswered('GET', 200);
};

/** Names with samples; a histogram's three series are one family. */
const familiesIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''));

describe('the exposition', () => {
  it('shows a release with weights, rules, verdicts and evidence', async () => {
    const text = await metricsOf(() => ok([bakingRelease()])).text();
    const labels = 'policy="app",release="app-3f2a"';
    for (const line of [
      `sluice_release_info{${labels},revision="v1.9.0",stable="v1.8.2",mode="enforce"} 1`,
      `sluice_release_phase{${labels},phase="baking"} 1`,
      `sluice_release_phase{${labels},phase="shifting"} 0`,
      `sluice_release_step{${labels}} 2`,
      `sluice_release_weight_ratio{${labels},source="desired"} 0.5`,
      `sluice_release_weight_ratio{${labels},source="observed"} 0.492`,
      `sluice_rule_value{${labels},rule="error_rate",arm="canary"} 0.0003`,
      `sluice_rule_threshold{${labels},rule="error_rate",alert="critical"} 0.001`,
      `sluice_rule_threshold{${labels},rule="response_time_p95",alert="warning"} 0.05`,
      `sluice_rule_evidence_nats{${labels},rule="response_time_p95",test="absolute"} 4.4`,
      `sluice_rule_verdict{${labels},rule="error_rate",verdict="pass"} 1`,
      `sluice_rule_verdict{${labels},rule="error_rate",verdict="breach"} 0`,
      `sluice_rule_events{${labels},rule="error_rate"} 12400`,
      `sluice_build_info{version="1.2.3"} 1`,
    ])
      expect(text).toContain(`${line}\n`);
  });

  it('has the counters of a policy at 0 before the first of each', async () => {
    const metrics = metricsOf(() => ok([]));
    metrics.serves('app');
    const text = await metrics.text();
    for (const line of [
      'sluice_releases_ended_total{policy="app",outcome="succeeded"} 0',
      'sluice_release_seconds_count{policy="app",outcome="rolledBack"} 0',
      'sluice_rollbacks_total{policy="app",rule=""} 0',
      'sluice_drift_corrections_total{policy="app"} 0',
    ])
      expect(text).toContain(`${line}\n`);
  });

  it('leaves nothing behind of a release that has gone', async () => {
    let releases: readonly Release[] = [bakingRelease()];
    const metrics = metricsOf(() => ok(releases));
    expect(await metrics.text()).toContain('app-3f2a');
    releases = [];
    expect(await metrics.text()).not.toContain('app-3f2a');
  });

  it('shows no value where none was seen', async () => {
    const text = await metricsOf(() => ok([sampleRelease()])).text();
    expect(text).not.toContain('source="applied"');
    expect(text).not.toMatch(/^sluice_rule_value\{/m);
    expect(text).not.toContain('NaN');
  });

  it('shows the process and counts the trouble when the store does not answer', async () => {
    const trouble = failed({ reason: 'StoreClosed', message: 'closed', retryable: false });
    let answer: Result<readonly Release[]> = ok([bakingRelease()]);
    const metrics = metricsOf(() => answer);
    await metrics.text();
    answer = trouble;
    const text = await metrics.text();
    expect(text).toContain('sluice_scrape_errors_total 1');
    expect(text).not.toContain('app-3f2a');
  });

  it('exports the families of the list, all of them and no other under our prefix', async () => {
    const metrics = metricsOf(() => ok([bakingRelease()]));
    countEverything(metrics);
    const exported = [...familiesIn(await metrics.text())].filter((name) => name.startsWith('sluice_'));
    expect(exported.toSorted()).toEqual(metricFamilies.map(({ name }) => name).toSorted());
  });

  it('keeps each family to its labels', async () => {
    const metrics = metricsOf(() => ok([bakingRelease()]));
    countEverything(metrics);
    const text = await metrics.text();
    for (const { name, labels } of metricFamilies) {
      const sample = new RegExp(`^${name}(?:_bucket|_sum|_count)?(?:\\{(.*)\\})? `, 'm').exec(text);
      if (sample === null) continue;
      const seen = [...(sample[1] ?? '').matchAll(/(\w+)="/g)]
        .map(([, label]) => label)
        .filter((label) => label !== 'le');
      expect({ name, labels: seen.toSorted() }).toEqual({ name, labels: [...labels].toSorted() });
    }
  });

  it('counts what happened', async () => {
    const metrics = metricsOf(() => ok([]));
    countEverything(metrics);
    const text = await metrics.text();
    expect(text).toContain('sluice_decisions_total{decision="advance",reason="StepPassed"} 1');
    expect(text).toContain('sluice_breach_to_zero_seconds_bucket{le="0.5"} 1');
    expect(text).toContain('sluice_breach_to_zero_seconds_bucket{le="0.25"} 0');
    expect(text).toContain('sluice_source_query_seconds_count{source="main"} 2');
    expect(text).toContain('sluice_source_errors_total{source="main",reason="Timeout"} 1');
  });
});

describe('the list of metrics', () => {
  it.each(metricFamilies)('$name is well named', ({ name, kind, help }) => {
    expect(name).toMatch(/^sluice_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(name).not.toMatch(/percent|_ms$|milliseconds/);
    expect(help).toMatch(/\.$/);
  });
});

it('others have their turn between two pieces of a long exposition', async () => {
  const many = Array.from({ length: 600 }, (_, n) => bakingRelease({ id: `app-${n}` }));
  const metrics = metricsOf(() => ok(many));
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    waiting = setImmediate(turn);
  };
  let waiting = setImmediate(turn);
  const turnsAtPiece: number[] = [];
  for await (const _piece of metrics.pieces()) turnsAtPiece.push(turns);
  clearImmediate(waiting);
  const ofReleases = turnsAtPiece.slice(1);
  expect(ofReleases.length).toBeGreaterThan(5);
  expect(new Set(ofReleases).size).toBe(ofReleases.length);
});
