/** Where the ReleasePolicies of a namespace are. */

export const policiesFolder = (namespace: string): string =>
  `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies`;
