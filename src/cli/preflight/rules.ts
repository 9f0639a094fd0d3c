/** Whether every rule's query gives data now, by the same checks as `rules check --online`. */
import { systemClock } from '../../lib/clock.ts';
import { formatFileError } from '../../lib/config-file/file-error.ts';
import { instanceName } from '../../lib/instance-name.ts';
import { scrapeSource } from '../../metrics/scrape.ts';
import type { Arms } from '../../metrics/series.ts';
import type { Policy } from '../../release/policy.ts';
import type { Rule } from '../../rules/rule.ts';
import { type Finding, ruleSubjects, type Subject } from '../../tuning/check/finding.ts';
import { checkOnline } from '../../tuning/check/online/check-online.ts';
import { wantedOf } from '../../tuning/check/online/wanted.ts';
import { armsHere, type OnlineSource, onlineSource } from '../rules-online.ts';
import { fine, type PreflightLine, skipped } from './line.ts';
import type { PreflightLook, PreflightScene } from './look.ts';

export const rulesLook: PreflightLook = async (scene) => {
  const { policy, rules } = scene;
  const isDirect = (rule: Rule): boolean => readsExporters(policy) && measuresHaproxy(rules, rule);
  const direct = rules.set.rules
    .filter(isDirect)
    .map((rule) => fine(about(rule.name), "measured by HAProxy's exporters"));
  const others = { ...rules, set: { ...rules.set, rules: rules.set.rules.filter((rule) => !isDirect(rule)) } };
  const spec = policy.sources[policy.metrics.source];
  const lines = spec?.kind === 'prometheus' ? await askedLines(others, scene) : await onPages(others, scene);
  return [...direct, ...lines];
};

const about = (rule: string): string => `rule ${rule}`;

const readsExporters = ({ traffic }: Policy): boolean => traffic.kind === 'haproxy' && traffic.exporters.length > 0;

const metricsOf = (rules: Subject, { name }: Rule): readonly string[] =>
  ruleSubjects(rules)
    .filter(({ rule }) => rule.name === name)
    .flatMap((subject) => wantedOf(subject).map(({ selector }) => selector.metric));

const measuresHaproxy = (rules: Subject, rule: Rule): boolean =>
  metricsOf(rules, rule).some((metric) => metric.startsWith('haproxy_'));

async function askedLines(rules: Subject, { policy, timeoutMs }: PreflightScene): Promise<readonly PreflightLine[]> {
  const asking = { policy, tokenFile: null, options: { online: true, timeout: timeoutMs } as const };
  const source = onlineSource(asking);
  if (!source.ok || source.value === null) return [unasked(source.ok ? 'nobody is to be asked' : source.error)];
  return queryLines(rules, { server: source.value, arms: armsHere(asking), timeoutMs });
}

interface Queried {
  readonly server: OnlineSource;
  readonly arms: Arms;
  readonly timeoutMs: number;
}

/** A line for each rule: whether its query gives data now. */
export async function queryLines(
  rules: Subject,
  { arms, server, timeoutMs }: Queried,
): Promise<readonly PreflightLine[]> {
  const found = await checkOnline(rules, {
    ...server,
    arms,
    nowMs: systemClock.wallMs(),
    withinMs: timeoutMs,
    onRule: () => {},
  });
  if (!found.ok) return [unasked(found.error)];
  const { findings, notAsked } = found.value;
  return rules.set.rules.flatMap(({ name }) => {
    const own = findings.filter(({ rule }) => rule === name).map(lineOf);
    if (own.length > 0) return own;
    return [fine(about(name), notAsked.includes(name) ? 'measured by Sluice itself' : 'its query gives data now')];
  });
}

const unasked = (why: string): PreflightLine => ({
  grade: 'fail',
  subject: 'rules',
  says: `could not be asked about: ${why}`,
  fix: 'let the metric source answer',
});

const lineOf = (finding: Finding): PreflightLine => ({
  grade: finding.level === 'error' ? 'fail' : 'warn',
  subject: about(finding.rule ?? ''),
  says: finding.message,
  fix: `mend what it measures, or what it says at ${formatFileError({ ...finding, message: '' }).trim()}`,
});

/** By the pages of instances that run already; those that Sluice has yet to start have none. */
async function onPages(rules: Subject, { policy, timeoutMs }: PreflightScene): Promise<readonly PreflightLine[]> {
  const { metrics, sources, target } = policy;
  const spec = sources[metrics.source];
  if (spec?.kind !== 'scrape' || target.spec.kind !== 'endpoints')
    return rules.set.rules.map(({ name }) => skipped(about(name), 'not looked at: its instances do not run yet'));
  const pages = target.spec.urls.map((url) => ({ instance: instanceName(url), url: new URL(spec.path, url).href }));
  const source = scrapeSource({ name: metrics.source, targets: () => pages, intervalMs: spec.intervalMs, timeoutMs });
  const wanted = ruleSubjects(rules).map((subject) => ({ name: subject.rule.name, needs: wantedOf(subject) }));
  const selectors = wanted.flatMap(({ needs }) => needs.map(({ selector }) => selector));
  const answer = await source.read({ selectors, expressions: [], arms: { canary: {}, stable: {} }, lookbackMs: 0 });
  if (answer.kind === 'failed') return [unasked(answer.message)];
  const present = new Set(answer.series.map(({ metric }) => metric));
  return wanted.map(({ name, needs }) => {
    const absent = needs.find(({ need, selector }) => need === 'series' && !isThere(selector.metric, present));
    if (absent === undefined) return fine(about(name), 'its counters are on the pages of stable');
    const says = `no page of stable has ${absent.selector.metric}`;
    return { grade: 'fail', subject: about(name), says, fix: 'let the service count it, or name another source' };
  });
}

/** What Sluice measures itself is on no page. */
const isThere = (metric: string, present: ReadonlySet<string>): boolean =>
  metric.startsWith('sluice_') || present.has(metric);
