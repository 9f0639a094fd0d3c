/** `metrics`: which source judges, whose metrics the names of the rules mean, and which labels tell instances apart. */
import { z } from 'zod';
import { isMap, soundParts } from '../lib/config-file/sound-parts.ts';
import { didYouMean } from '../lib/nearest.ts';
import { resourcePresets } from '../rules/presets.ts';
import { type RequestPreset, requestPresets } from '../rules/request-metrics.ts';
import { labelNamePattern } from '../rules/selector.ts';
import type { MetricsChoice, Traffic } from './policy.ts';

const variables = ['$instance', '$revision', '$backend'] as const;

const unknownVariable = (template: string): string | null =>
  (template.match(/\$[a-zA-Z_]*/g) ?? []).find((found) => !(variables as readonly string[]).includes(found)) ?? null;

const template = z
  .string()
  .min(1)
  .max(200)
  .superRefine((text, context) => {
    const unknown = unknownVariable(text);
    if (unknown === null) return;
    const message = `holds ${unknown}, which is none of ${variables.join(', ')}${didYouMean(unknown, variables)}`;
    context.addIssue({ code: 'custom', message, input: text });
  });

const labels = z
  .record(z.string().regex(labelNamePattern, 'is no name of a label'), template)
  .refine((all) => Object.values(all).some((text) => text.includes('$')), {
    error: `tells no version from the other; one label must hold ${variables.join(', ')}`,
  })
  .meta({
    description:
      "Labels that tell the instances apart, where the metrics are not Sluice's own. Default: instance: $instance.",
  });

export const metricsWords = z.strictObject({
  source: z.string().meta({ description: 'Name of a source that judges.' }),
  fallback: z
    .string()
    .optional()
    .meta({ description: 'Name of a source that judges while the first does not answer.' }),
  alerts: z.string().optional().meta({
    description: 'Name of the source that knows alerts: an alertmanager, or a prometheus. Default: source.',
  }),
  preset: z.enum(requestPresets).optional().meta({ description: 'Whose counters the rules mean. Default app.' }),
  resources: z.enum(resourcePresets).optional().meta({ description: 'Whose CPU, memory and disk. Default host.' }),
  labels: labels.optional(),
});

export type MetricsWords = z.output<typeof metricsWords>;

/** A mistake at one word of `metrics`. */
export interface MetricsIssue {
  readonly word: keyof MetricsWords;
  readonly message: string;
}

type Sources = Readonly<Record<string, unknown>>;

const isScrape = (source: unknown): boolean => isMap(source) && 'scrape' in source;

const unknownSource = (word: 'source' | 'fallback' | 'alerts', name: string, sources: Sources): MetricsIssue[] => {
  const names = Object.keys(sources);
  if (names.includes(name)) return [];
  const list = names.length === 0 ? 'no source at all' : names.join(', ');
  return [{ word, message: `${word} "${name}" is none of the sources; there is ${list}${didYouMean(name, names)}` }];
};

/** Presets of a mesh or a load balancer: its own pages have the numbers, and its labels are of its operator's choosing. */
const labelsOf: Readonly<Partial<Record<RequestPreset, string>>> = {
  envoy: 'envoy_cluster_name: app-$backend',
  istio: 'destination_workload: app-$revision',
  'istio-envoy': 'cluster_name: outbound|80||app-$backend.shop.svc.cluster.local',
  'istio-ambient': 'destination_workload: app-$revision',
  traefik: 'service: app-$backend@file',
  haproxy: 'server: $backend',
};

/** Presets whose numbers only a Prometheus has: they stand on no instance's own page, or are computed. */
const presetIssues = (words: Partial<MetricsWords>, { sources, traffic }: Beside): MetricsIssue[] => {
  const { preset, resources, source } = words;
  if (source === undefined || !isScrape(sources[source])) return [];
  const issue = (word: 'preset' | 'resources', or = ''): MetricsIssue => ({
    word,
    message: `${word} ${words[word]} needs a prometheus source${or}; "${source}" scrapes the instances themselves`,
  });
  const isRead = preset === 'haproxy' && hasExporters(traffic);
  const or = preset === 'haproxy' ? ', or exporters under traffic.haproxy' : '';
  return [
    ...(preset !== undefined && preset in labelsOf && !isRead ? [issue('preset', or)] : []),
    ...(resources === 'cadvisor' ? [issue('resources')] : []),
  ];
};

/** Pages of HAProxy's that are read directly. */
const hasExporters = (traffic: unknown): boolean => {
  const haproxy = isMap(traffic) ? traffic['haproxy'] : undefined;
  return isMap(haproxy) && Array.isArray(haproxy['exporters']) && haproxy['exporters'].length > 0;
};

/** An alertmanager counts nothing; a page of an instance tells no alerts. */
const wrongKinds = (words: Partial<MetricsWords>, sources: Sources): MetricsIssue[] => {
  const kindOf = (name: string | undefined): string | undefined => {
    const source = name === undefined ? undefined : sources[name];
    return isMap(source) ? Object.keys(source)[0] : undefined;
  };
  const counting = (['source', 'fallback'] as const).filter((word) => kindOf(words[word]) === 'alertmanager');
  return [
    ...counting.map((word) => ({
      word,
      message: `${word} "${words[word]}" is an alertmanager, which knows alerts only; name it as alerts: ${words[word]}`,
    })),
    ...(kindOf(words.alerts) === 'scrape'
      ? [{ word: 'alerts' as const, message: `alerts "${words.alerts}" is a scrape, which knows no alerts` }]
      : []),
  ];
};

/** Istio gives its Envoys tags of its own: what plain Envoy calls an error has another name there, and none would be seen. */
const wrongTags = ({ preset }: Partial<MetricsWords>, traffic: unknown): MetricsIssue[] =>
  preset === 'envoy' && isMap(traffic) && 'istio' in traffic
    ? [
        {
          word: 'preset',
          message: 'preset envoy knows the series of an Envoy without Istio; write istio-envoy, or istio',
        },
      ]
    : [];

const labelsMissing = ({ preset }: Partial<MetricsWords>, data: unknown, traffic: unknown): MetricsIssue[] => {
  // The router's servers are known by name.
  if (preset === 'haproxy' && isMap(traffic) && 'haproxy' in traffic) return [];
  const example = preset === undefined ? undefined : labelsOf[preset];
  if (example === undefined || !isMap(data) || 'labels' in data) return [];
  const message = `preset ${preset} needs labels: which label tells stable from canary is up to you, such as { ${example} }`;
  return [{ word: 'preset', message }];
};

interface Beside {
  readonly sources: Sources;
  readonly traffic: unknown;
}

/** What the words, as far as they could be read, get wrong together with the other parts as they stand in the file. */
export const metricsIssues = (data: unknown, beside: Beside): readonly MetricsIssue[] => {
  const { sources, traffic } = beside;
  const words = soundParts(metricsWords, data);
  const { source, fallback } = words;
  const same = fallback !== undefined && fallback === source;
  return [
    ...(source === undefined ? [] : unknownSource('source', source, sources)),
    ...(fallback === undefined ? [] : unknownSource('fallback', fallback, sources)),
    ...(words.alerts === undefined ? [] : unknownSource('alerts', words.alerts, sources)),
    ...wrongKinds(words, sources),
    ...(same ? [{ word: 'fallback' as const, message: `fallback "${fallback}" is the source itself` }] : []),
    ...presetIssues(words, beside),
    ...wrongTags(words, traffic),
    ...labelsMissing(words, data, traffic),
  ];
};

export const metricsFrom = (words: MetricsWords, traffic: Traffic): MetricsChoice => ({
  source: words.source,
  fallback: words.fallback ?? null,
  alerts: words.alerts ?? null,
  preset: words.preset ?? 'app',
  resources: words.resources ?? 'host',
  labels: words.labels ?? { instance: '$instance' },
  own:
    traffic.kind === 'haproxy'
      ? [{ prefix: 'haproxy_server_', labels: { proxy: traffic.backend, server: traffic.servers } }]
      : [],
});
