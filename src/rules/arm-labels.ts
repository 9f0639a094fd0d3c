/** Which labels tell the versions apart in the metrics that Sluice itself produces. */

/** Templates as in a policy's `metrics.labels`: `$instance` is host:port, `$revision` the revision's name. */
export type ArmLabels = Readonly<Record<string, string>>;

/** The labels that the service's series keep when its versions and instances change, as templates of their values. */
export const lastingLabels = (labels: ArmLabels): ArmLabels =>
  Object.fromEntries(Object.entries(labels).filter(([, template]) => !/\$(?:instance|revision)/.test(template)));

/** The labels by which a metric's versions are told apart: the policy's own, if Sluice does not produce it. */
export const labelsFor = (labels: ArmLabels, metric: string): ArmLabels =>
  fixedArmLabels.find(({ prefix }) => metric.startsWith(prefix))?.labels ?? labels;

/** By how the metric's name begins; for every other metric the policy's own labels hold. A backend changes its revision, so the proxy's counters go by revision. */
export const fixedArmLabels: readonly { readonly prefix: string; readonly labels: ArmLabels }[] = [
  { prefix: 'sluice_host_', labels: { instance: '$instance' } },
  { prefix: 'sluice_proxy_', labels: { revision: '$revision' } },
];
