/** Which labels tell the versions apart in the metrics that Sluice itself produces. */

/** Templates as in a policy's `metrics.labels`: `$instance` is host:port, `$revision` the revision's name. */
export type ArmLabels = Readonly<Record<string, string>>;

/** Labels of metrics whose names begin so; a list holds all names that one version has. */
export interface OwnLabels {
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string | ByBackend>>;
}

interface ByBackend {
  readonly stable: readonly string[];
  readonly canary: readonly string[];
}

/** The labels that the service's series keep when its versions and instances change, as templates of their values. */
export const lastingLabels = (labels: OwnLabels['labels']): OwnLabels['labels'] =>
  Object.fromEntries(
    Object.entries(labels).filter(
      ([, template]) => typeof template !== 'string' || !/\$(?:instance|revision)/.test(template),
    ),
  );

/** The labels by which a metric's versions are told apart: the policy's, if neither Sluice nor its load balancer produces it. */
export const labelsFor = (
  { labels, own }: { readonly labels: ArmLabels; readonly own: readonly OwnLabels[] },
  metric: string,
): OwnLabels['labels'] => [...fixedArmLabels, ...own].find(({ prefix }) => metric.startsWith(prefix))?.labels ?? labels;

/** By how the metric's name begins; for every other metric the policy's own labels hold. A backend changes its revision, so the proxy's counters go by revision. */
export const fixedArmLabels: readonly OwnLabels[] = [
  { prefix: 'sluice_host_', labels: { instance: '$instance' } },
  { prefix: 'sluice_load_', labels: { instance: '$instance' } },
  { prefix: 'sluice_proxy_', labels: { revision: '$revision' } },
];
