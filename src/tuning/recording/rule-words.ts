/** From the rules that a release was judged by back to the words of a rule file: as few as say the same. */
import { contentHash } from '../../lib/content-hash.ts';
import { formatDuration } from '../../lib/duration.ts';
import { presets } from '../../rules/presets.ts';
import { renderSelector } from '../../rules/promql.ts';
import { protocols } from '../../rules/request-metrics.ts';
import type { Rule } from '../../rules/rule.ts';
import { rulesFromWords } from '../../rules/rule-from-words.ts';
import { ruleWords } from '../../rules/schema.ts';
import type { Selector, Sli } from '../../rules/sli.ts';

type Words = Readonly<Record<string, unknown>>;

/** By name; the rules of one name's routes are one entry. `compression`: of the release, whose durations are divided by it. */
export function wordsOfRules(rules: readonly Rule[], compression: number): Readonly<Record<string, Words>> {
  const named = Map.groupBy(rules, ({ name, route }) => (route === null ? name : name.slice(0, -(route.length + 2))));
  return Object.fromEntries(
    [...named].flatMap(([name, [rule, ...others]]) => {
      if (rule === undefined) return [];
      const routes = rule.route === null ? null : [rule, ...others].map(({ route }) => route);
      return [[name, wordsOf(name, asWritten(rule, compression), routes)] as const];
    }),
  );
}

const asWritten = (rule: Rule, compression: number): Rule => ({
  ...rule,
  windowMs: longer(rule.windowMs, compression),
  warmUpMs: longer(rule.warmUpMs, compression),
  forMs: longer(rule.forMs, compression),
  burnRate: rule.burnRate.map(({ longMs, rate, shortMs }) => ({
    rate,
    longMs: longer(longMs, compression),
    shortMs: longer(shortMs, compression),
  })),
});

/** What was divided, and rounded to milliseconds then, in whole seconds where it was some. */
export function longer(ms: number, compression: number): number {
  const product = Math.round(ms * compression);
  const second = Math.round(product / 1_000) * 1_000;
  return compression > 1 && Math.abs(product - second) <= compression / 2 ? second : product;
}

type Routes = readonly (string | null)[] | null;

function wordsOf(name: string, rule: Rule, routes: Routes): Words {
  const { alert, burnRate, sli, thresholdText, windowMs } = rule;
  const base: Words = {
    ...(sli.kind === 'alert' ? {} : { threshold: thresholdText }),
    ...(windowMs > 0 ? { window: formatDuration(windowMs) } : {}),
    alert,
    ...(sli.kind === 'latency' && sli.snap ? { snap: true } : {}),
    ...(sli.kind === 'volume' && sli.agoMs !== undefined ? { baseline: `${sli.agoMs / 86_400_000}d` } : {}),
    ...(burnRate.length === 0 ? {} : { burnRate: burnRate.map(burnWords) }),
    ...(routes === null ? {} : { routes }),
  };
  const queried = { ...base, ...queryOf(rule) };
  const known = [base, ...namings.map((words) => ({ ...base, ...words })), queried];
  const words = known.find((each) => sliOf(name, each) === contentHash(sli)) ?? queried;
  return { ...words, ...different(rule, parsed(name, words)) };
}

/** Whose metrics the name may mean. */
const namings: readonly Words[] = [
  ...presets.map((preset) => ({ preset })),
  ...protocols.map((protocol) => ({ protocol })),
  ...presets.flatMap((preset) => protocols.map((protocol) => ({ preset, protocol }))),
];

function parsed(name: string, words: Words): Rule | null {
  const read = ruleWords.safeParse(words);
  if (!read.success) return null;
  const rules = rulesFromWords({ name, words: read.data }, { preset: 'app', resources: 'host' }, { file: '', line: 1 });
  return rules.ok ? (rules.value[0] ?? null) : null;
}

const sliOf = (name: string, words: Words): string | null => {
  const rule = parsed(name, words);
  return rule === null ? null : contentHash(rule.sli);
};

/** A word for each thing that the rule has otherwise than by default. */
function different(rule: Rule, byDefault: Rule | null): Words {
  const pairs: readonly (readonly [string, keyof Rule, unknown])[] = [
    ['judge', 'judge', rule.judge],
    ['compare', 'compare', rule.compare],
    ['ratio', 'ratio', rule.ratio],
    ['minEvents', 'minEvents', rule.minEvents],
    ['advanceOn', 'advanceOn', rule.advanceOn],
    ['warmUp', 'warmUpMs', formatDuration(rule.warmUpMs)],
    ['for', 'forMs', formatDuration(rule.forMs)],
    ['missing', 'missing', rule.missing],
    ['steps', 'steps', rule.steps],
    ['dryRun', 'dryRun', rule.dryRun],
    ['description', 'description', rule.description],
    ['runbook', 'runbook', rule.runbook],
    ['owner', 'owner', rule.owner],
  ];
  return Object.fromEntries(
    pairs.flatMap(([word, field, value]) =>
      byDefault !== null && contentHash(byDefault[field]) === contentHash(rule[field]) ? [] : [[word, value] as const],
    ),
  );
}

const burnWords = ({ longMs, rate, shortMs }: Rule['burnRate'][number]): Words => ({
  rate,
  long: formatDuration(longMs),
  short: formatDuration(shortMs),
});

/** In the words of the file what is measured, whoever's metrics it is. */
function queryOf({ route, sli }: Rule): Words {
  const text = (selector: Selector): string =>
    renderSelector({ ...selector, matchers: route === null ? selector.matchers : selector.matchers.slice(0, -1) });
  const label = route === null ? {} : { routeLabel: routeLabel(sli) };
  switch (sli.kind) {
    case 'ratio':
      return { query: { bad: text(sli.bad), total: text(sli.total) }, ...label };
    case 'latency': {
      const unit = sli.unitsPerSecond === 1 ? 'seconds' : 'milliseconds';
      return { query: { histogram: text(sli.histogram), unit, quantile: sli.quantile }, ...label };
    }
    case 'volume':
      return { query: { total: text(sli.total) }, ...label };
    case 'expression':
      return { query: sli.promql };
    case 'alert': {
      const { alertname, labels } = sli;
      return { query: { alert: alertname, ...(Object.keys(labels).length > 0 ? { labels } : {}) } };
    }
    case 'gauge':
      return { query: text(sli.selector) };
  }
}

const routeLabel = (sli: Sli): string | undefined => {
  const selector =
    sli.kind === 'latency' ? sli.histogram : sli.kind === 'ratio' || sli.kind === 'volume' ? sli.total : null;
  return selector?.matchers.at(-1)?.label;
};
