import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MetricFamily, metricFamilies } from '../../src/telemetry/metric-names.ts';
import { type DashboardQuery, dashboardQueries } from '../support/dashboard-queries.ts';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = 'dashboards';
/** On each of a controller of several namespaces. */
const ofSeveral = ['namespace'];
const values = { policy: '.+', release: '.+', rule: 'error_rate', __rate_interval: '1m', __range: '1h' };

const familyOf = (name: string): MetricFamily | undefined =>
  metricFamilies.find((family) => {
    const series =
      family.kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => family.name + end) : [family.name];
    return series.includes(name);
  });

const namesIn = ({ expr }: DashboardQuery): readonly string[] => expr.match(/\bsluice_\w+/g) ?? [];

const labelsIn = ({ expr, legend }: DashboardQuery): readonly string[] => [
  ...[...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label ?? ''),
  ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? '').split(/[\s,]+/)),
  ...[...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label ?? ''),
];

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const cellsOf = ({ x, y, w, h }: Place): readonly string[] =>
  Array.from({ length: w * h }, (_cell, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);

describe.each(readdirSync(folder).filter((file) => file.endsWith('.json')))('dashboards/%s', (file) => {
  const queries = dashboardQueries(join(folder, file), values);
  const text = readFileSync(join(folder, file), 'utf8');
  const dashboard = JSON.parse(text);

  it('has queries, a uid that stays, and a variable for the data source', () => {
    expect(queries.length).toBeGreaterThan(10);
    expect(dashboard.uid).toBe(`sluice-${file.replace('.json', '')}`);
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    const uids = new Set([...text.matchAll(/"uid": "([^"]*)"/g)].map(([, uid]) => uid));
    expect(uids).toEqual(new Set([dashboard.uid, '${datasource}']));
  });

  it.each(queries)('$from: asks for metrics and labels that we export: $expr', (query) => {
    const families = namesIn(query).map((name) => ({ name, family: familyOf(name) }));
    expect(families.filter(({ family }) => family === undefined)).toEqual([]);
    expect(families.length).toBeGreaterThan(0);
    const known = new Set([...families.flatMap(({ family }) => family?.labels ?? []), 'le', ...ofSeveral]);
    expect(labelsIn(query).filter((label) => !known.has(label))).toEqual([]);
    expect(query.expr).not.toContain('$');
  });

  it('has its panels side by side, none over another', () => {
    const cells = new Set<string>();
    const panels: readonly { readonly title: string; readonly gridPos: Place }[] = dashboard.panels;
    for (const { gridPos, title } of panels) {
      for (const cell of cellsOf(gridPos)) {
        expect({ title, taken: cells.has(cell) }).toEqual({ title, taken: false });
        cells.add(cell);
      }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
  });

  it.runIf(needs('promtool'))('has queries that Prometheus can read', async () => {
    const rules = join(await tempDir(), 'rules.json');
    const records = queries.map(({ expr }, index) => ({ record: `query:${index}`, expr }));
    await writeFile(rules, JSON.stringify({ groups: [{ name: file, rules: records }] }));
    expect(execFileSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});
