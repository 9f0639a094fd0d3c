/** The queries of a rule, a line each: a query is copied, so it is never cut. */
import type { RuleQueries } from '../../metrics/rule-queries.ts';

export const queryLines = (queries: readonly RuleQueries[]): readonly string[] =>
  queries.length === 0
    ? []
    : [
        'asks',
        ...queries.flatMap(({ version, promql }) =>
          promql.map((each) => `  ${version === 'any' ? '' : `${version}: `}${each}`),
        ),
      ];
