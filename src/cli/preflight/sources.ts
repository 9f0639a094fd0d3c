/** Whether the metric sources that the policy uses answer. */

import { instanceName } from '../../lib/instance-name.ts';
import { alertmanagerSource } from '../../metrics/alertmanager-http.ts';
import type { Answer, ReadRequest } from '../../metrics/metric-source.ts';
import { prometheusSource } from '../../metrics/prometheus.ts';
import { scrapeSource } from '../../metrics/scrape.ts';
import type { Policy, SourceSpec } from '../../release/policy.ts';
import type { RevisionSpec } from '../../workload/revision-spec.ts';
import { fine, type PreflightLine, skipped } from './line.ts';

/** What is asked about, wherever the policy stands. */
interface Asking {
  readonly policy: Pick<Policy, 'metrics' | 'sources'> & { readonly target: { readonly spec: RevisionSpec } };
  readonly timeoutMs: number;
}

export const sourcesLook = (scene: Asking): Promise<readonly PreflightLine[]> => {
  const { alerts, fallback, source } = scene.policy.metrics;
  const names = [...new Set([source, fallback, alerts])].filter((name) => name !== null);
  return Promise.all(
    names.flatMap((name) => {
      const spec = scene.policy.sources[name];
      return spec === undefined ? [] : [sourceLine(name, spec, scene)];
    }),
  );
};

const nothing: ReadRequest = {
  selectors: [],
  expressions: [],
  arms: { canary: {}, stable: {} },
  lookbackMs: 0,
};

async function sourceLine(name: string, spec: SourceSpec, scene: Asking): Promise<PreflightLine> {
  const subject = `source ${name}`;
  const urls = spec.kind === 'scrape' ? pagesOf(scene.policy, spec.path) : [spec.url];
  if (urls.length === 0)
    return skipped(subject, 'not asked: it reads the pages of instances that Sluice has yet to start');
  const answer = await asked(name, spec, scene);
  const failure = answer.kind === 'failed' ? answer.message : answer.failures?.[0]?.message;
  if (failure === undefined) return fine(subject, `answers at ${urls.join(', ')}`);
  return { grade: 'fail', subject, says: failure, fix: `let it answer, or mend sources.${name} in the policy` };
}

/** Of the instances that run already. */
const pagesOf = ({ target: { spec } }: Asking['policy'], path: string): readonly string[] =>
  spec.kind === 'endpoints' ? spec.urls.map((url) => new URL(path, url).href) : [];

function asked(name: string, spec: SourceSpec, { policy, timeoutMs }: Asking): Promise<Answer> {
  if (spec.kind === 'scrape') {
    const targets = () => pagesOf(policy, spec.path).map((url) => ({ instance: instanceName(url), url }));
    const source = scrapeSource({ name, targets, intervalMs: spec.intervalMs, timeoutMs });
    return source.read({ ...nothing, selectors: [{ metric: 'up', matchers: [] }] });
  }
  const server = { name, ...spec, timeoutMs };
  return spec.kind === 'prometheus'
    ? prometheusSource(server).read({ ...nothing, expressions: [{ id: 'alive', promql: 'vector(1)' }] })
    : alertmanagerSource(server).read({ ...nothing, alerts: [{ id: 'any', alertname: 'Any', labels: {} }] });
}
