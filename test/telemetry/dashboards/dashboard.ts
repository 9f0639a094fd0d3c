/** A whole Grafana dashboard (schema 39, Grafana 11 and newer): its variables, annotations and panels. */
import { type Panel, placed } from './panel.ts';

const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** `label_values(series, label)`. */
  readonly query: string;
  /** What stands for all of them; null where panels repeat over the variable. */
  readonly all: '.+' | null;
}

export interface Annotation {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
  readonly text: string;
}

export interface Dashboard {
  /** Stays for ever: links and bookmarks hold it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly refresh: string;
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  readonly panels: readonly Panel[];
}

const sourceVariable = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  current: {},
};

const variable = ({ all, label, name, query }: Variable) => ({
  name,
  label,
  type: 'query',
  datasource,
  query: { query, refId: name },
  definition: query,
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  ...(all === null ? {} : { allValue: all }),
  current: { text: 'All', value: '$__all' },
});

const annotation = ({ name, color, expr, text }: Annotation) => ({
  name,
  datasource,
  enable: true,
  iconColor: color,
  expr,
  titleFormat: text,
  step: '15s',
});

/** As the file holds it. */
export const dashboardText = (dashboard: Dashboard): string => {
  const { annotations, description, from, panels, refresh, title, uid, variables } = dashboard;
  const whole = {
    uid,
    title,
    description,
    tags: ['sluice'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh,
    time: { from, to: 'now' },
    timezone: '',
    links: [
      { type: 'dashboards', title: 'Sluice', tags: ['sluice'], asDropdown: false, includeVars: true, keepTime: true },
    ],
    annotations: { list: annotations.map(annotation) },
    templating: { list: [sourceVariable, ...variables.map(variable)] },
    panels: placed(panels),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
};
