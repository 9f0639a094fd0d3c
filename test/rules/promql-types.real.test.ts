/** Our reading of PromQL's types against Prometheus' own: the same expressions are refused. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parsePromql } from '../../src/rules/promql-tree.ts';
import { typeProblems } from '../../src/rules/promql-types.ts';
import { suiteEnd } from '../support/at-end.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';

const problemOf = (promql: string): string | null => {
  const tree = parsePromql(promql);
  if (!tree.ok) return tree.error.message;
  return typeProblems(tree.value, promql)[0]?.message ?? null;
};

/** A level needs an instant vector; what Prometheus would evaluate besides is made one. */
const asLevel = (promql: string): string => `sum(${promql})`;

const leaf = fc.constantFrom(
  'a',
  'b{c="d"}',
  'e[5m]',
  '1',
  '"t"',
  'time()',
  'f offset 1m',
  'g[5m:1m]',
  'h[1m] @ end()',
);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const call = (names: readonly string[]) =>
    fc.tuple(fc.constantFrom(...names), inner).map(([name, argument]) => `${name}(${argument})`);
  const two = fc.tuple(inner, inner);
  return {
    expression: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      call(['rate', 'delta', 'sum_over_time', 'abs', 'vector', 'scalar', 'sort', 'minute', 'absent', 'round']),
      call(['sum', 'max by (x)', 'count without (y)']),
      fc
        .tuple(fc.constantFrom('topk', 'quantile', 'count_values', 'clamp_min', 'quantile_over_time'), two)
        .map(([name, [x, y]]) => `${name}(${x}, ${y})`),
      fc
        .tuple(
          inner,
          fc.constantFrom('+', '/', '>', '== bool', '* bool', 'and', 'or on (x)', '- on (x) group_left ()'),
          inner,
        )
        .map(([x, sign, y]) => `${x} ${sign} ${y}`),
      inner.map((x) => `(${x})`),
      inner.map((x) => `-${x}`),
      inner.map((x) => `${x}[5m]`),
      inner.map((x) => `${x}[5m:]`),
      inner.map((x) => `${x} offset 5m`),
      inner.map((x) => `${x} @ 3`),
    ),
  };
});

describe.runIf(needs('prometheus'))('PromQL as Prometheus reads it', () => {
  const atEnd = suiteEnd();
  let url = '';
  beforeAll(async () => {
    url = (await startPrometheus({}, atEnd)).url;
  });

  const isRefused = async (promql: string): Promise<boolean> => {
    const reply = await fetch(`${url}/api/v1/format_query`, {
      method: 'POST',
      body: new URLSearchParams({ query: promql }),
    });
    return ((await reply.json()) as { readonly status: string }).status !== 'success';
  };

  test('the same expressions are refused', async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (inner) => {
        const promql = asLevel(inner);
        expect([promql, problemOf(promql) !== null]).toEqual([promql, await isRefused(promql)]);
      }),
      { numRuns: 500 },
    );
  });
});
