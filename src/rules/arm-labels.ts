/** Which labels tell the versions apart in the metrics that Sluice itself produces. */

/** Templates as in a policy's `metrics.labels`: `$instance` is host:port, `$backend` is stable or canary. */
export type ArmLabels = Readonly<Record<string, string>>;

const byInstance: ArmLabels = { instance: '$instance' };
const byBackend: ArmLabels = { backend: '$backend' };

/** The labels of a metric of the host source or of the built-in proxy; null: the policy's own labels hold. */
export const fixedArmLabels = (metric: string): ArmLabels | null => {
  if (metric.startsWith('sluice_host_')) return byInstance;
  return metric.startsWith('sluice_proxy_') ? byBackend : null;
};
