/** Which labels tell the versions apart in the metrics that Sluice itself produces. */

/** Templates as in a policy's `metrics.labels`: `$instance` is host:port, `$revision` the revision's name. */
export type ArmLabels = Readonly<Record<string, string>>;

/** By how the metric's name begins; for every other metric the policy's own labels hold. A backend changes its revision, so the proxy's counters go by revision. */
export const fixedArmLabels: readonly { readonly prefix: string; readonly labels: ArmLabels }[] = [
  { prefix: 'sluice_host_', labels: { instance: '$instance' } },
  { prefix: 'sluice_proxy_', labels: { revision: '$revision' } },
];
