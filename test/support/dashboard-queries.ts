/** Every query of a Grafana dashboard, with its variables filled in: those of panels, annotations and variables. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export interface DashboardQuery {
  /** Title of the panel, or the name of the annotation or variable. */
  readonly from: string;
  /** As Prometheus takes it. */
  readonly expr: string;
  readonly legend: string;
}

const Target = z.object({ expr: z.string(), legendFormat: z.string().default('') });
const Panel = z.object({ title: z.string(), targets: z.array(Target).default([]) });
const Annotation = z.object({ name: z.string(), expr: z.string().optional(), titleFormat: z.string().default('') });
const Variable = z.object({ name: z.string(), query: z.union([z.string(), z.object({ query: z.string() })]) });

const Dashboard = z.object({
  uid: z.string().min(1),
  panels: z.array(Panel.extend({ panels: z.array(Panel).default([]) })),
  annotations: z.object({ list: z.array(Annotation) }),
  templating: z.object({ list: z.array(Variable) }),
});

/** `values` by variable name, Grafana's own (`__rate_interval`) included. A variable without a value stays as it is written. */
export const dashboardQueries = (file: string, values: Readonly<Record<string, string>>): readonly DashboardQuery[] => {
  const { panels, annotations, templating } = Dashboard.parse(JSON.parse(readFileSync(file, 'utf8')));
  const all = [
    ...panels
      .flatMap((panel) => [panel, ...panel.panels])
      .flatMap(({ title, targets }) =>
        targets.map(({ expr, legendFormat }) => ({ from: title, expr, legend: legendFormat })),
      ),
    ...annotations.list.map(({ name, expr = '', titleFormat }) => ({ from: name, expr, legend: titleFormat })),
    ...templating.list.map(({ name, query }) => ({ from: name, expr: seriesOf(query), legend: '' })),
  ];
  return all
    .filter(({ expr }) => expr !== '')
    .map((query) => ({
      ...query,
      expr: query.expr.replaceAll(/\$\{?(\w+)\}?/g, (all, name: string) => values[name] ?? all),
    }));
};

/** `label_values(series, label)` asks for the series; any other variable asks nothing of Prometheus. */
const seriesOf = (query: z.infer<typeof Variable>['query']): string =>
  /^label_values\((.*), *\w+\)$/.exec(typeof query === 'string' ? query : query.query)?.[1] ?? '';
