/** Rules that are judged route by route, so that a small important one is not drowned by the others. */
import type { Matcher, Selector, Sli } from './sli.ts';

/** `error_rate[/checkout]`: what a rule is called for one of its routes, wherever it has a name. */
export const routedName = (name: string, route: string | null): string => (route === null ? name : `${name}[${route}]`);

/** What names a route in labels: printable, without blanks around it. */
export const routePattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/;

const narrowed = ({ metric, matchers }: Selector, matcher: Matcher): Selector => ({
  metric,
  matchers: [...matchers, matcher],
});

/** The same, of the requests of one route alone; a level has none. */
export const onRoute = (sli: Sli, label: string, route: string): Sli => {
  const matcher: Matcher = { label, op: '=', value: route };
  switch (sli.kind) {
    case 'ratio':
      return { ...sli, bad: narrowed(sli.bad, matcher), total: narrowed(sli.total, matcher) };
    case 'latency':
      return { ...sli, histogram: narrowed(sli.histogram, matcher) };
    case 'volume':
      return { ...sli, total: narrowed(sli.total, matcher) };
    case 'gauge':
    case 'expression':
    case 'alert':
      return sli;
  }
};
