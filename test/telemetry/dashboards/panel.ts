/** Grafana's panels in few words: what is asked, how it is drawn, and how much room it takes. */

const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

export interface Query {
  readonly expr: string;
  /** Grafana's legend format; empty: the labels. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly description: string;
  /** Cells of Grafana's grid, which is 24 wide. */
  readonly size: readonly [width: number, height: number];
  readonly queries: readonly Query[];
  /** Grafana's unit of the values: `s`, `percentunit`, `short`, ... */
  readonly unit?: string;
  readonly draw: Drawing;
}

export type Drawing =
  | { readonly kind: 'lines'; readonly limits?: true; readonly steps?: true; readonly repeat?: string }
  | { readonly kind: 'bars' }
  | { readonly kind: 'states' }
  | { readonly kind: 'numbers' }
  | { readonly kind: 'table'; readonly columns?: Readonly<Record<string, string>> };

const letter = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

/** A table and a number show one moment. */
const isMoment = ({ kind }: Drawing): boolean => kind === 'table' || kind === 'numbers';

const targets = ({ draw, queries }: Panel) =>
  queries.map(({ expr, legend }, index) => ({
    datasource,
    expr,
    legendFormat: legend,
    refId: letter(index),
    ...(isMoment(draw) ? { instant: true, range: false, format: draw.kind === 'table' ? 'table' : 'time_series' } : {}),
  }));

/** The last query of a panel with limits is the limit: red and dashed. */
const limitLine = ({ queries }: Panel) => ({
  matcher: { id: 'byFrameRefID', options: letter(queries.length - 1) },
  properties: [
    { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
  ],
});

const drawn = (panel: Panel) => {
  const { draw, unit } = panel;
  const defaults = unit === undefined ? {} : { unit };
  switch (draw.kind) {
    case 'lines': {
      const custom = draw.steps
        ? { lineInterpolation: 'stepAfter', fillOpacity: 10, lineWidth: 2 }
        : { lineWidth: 2, fillOpacity: 0 };
      const overrides = draw.limits ? [limitLine(panel)] : [];
      const repeat = draw.repeat === undefined ? {} : { repeat: draw.repeat, repeatDirection: 'h', maxPerRow: 2 };
      return {
        type: 'timeseries',
        fieldConfig: { defaults: { ...defaults, custom }, overrides },
        options: {},
        ...repeat,
      };
    }
    case 'bars': {
      const custom = { drawStyle: 'bars', fillOpacity: 60, stacking: { mode: 'normal' } };
      return { type: 'timeseries', fieldConfig: { defaults: { ...defaults, custom }, overrides: [] }, options: {} };
    }
    case 'states': {
      const legend = { showLegend: false, displayMode: 'list', placement: 'bottom' };
      const options = { showValue: 'never', mergeValues: true, legend };
      return { type: 'state-timeline', fieldConfig: { defaults, overrides: [] }, options };
    }
    case 'numbers':
      return { type: 'stat', fieldConfig: { defaults, overrides: [] }, options: {} };
    case 'table': {
      const excludeByName = {
        Time: true,
        __name__: true,
        instance: true,
        job: true,
        ...(draw.columns ? {} : { Value: true }),
      };
      const transformations = [{ id: 'organize', options: { excludeByName, renameByName: draw.columns ?? {} } }];
      return { type: 'table', fieldConfig: { defaults, overrides: [] }, options: {}, transformations };
    }
  }
};

/** Side by side from the left, a new row where the next one does not fit; a row is as high as its first panel. */
export function placed(panels: readonly Panel[]): readonly object[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel, index) => {
    const [w, h] = panel.size;
    if (x + w > 24) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const gridPos = { x, y, w, h };
    [x, rowHeight] = [x + w, Math.max(rowHeight, h)];
    const { title, description } = panel;
    return { id: index + 1, title, description, datasource, gridPos, targets: targets(panel), ...drawn(panel) };
  });
}
