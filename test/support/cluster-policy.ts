/** The spec of a ReleasePolicy as somebody writes it in a cluster. */
export const aClusterSpec = {
  target: { deployment: 'app' },
  traffic: {
    istio: { virtualService: 'app', routes: ['primary'], services: { stable: 'app-stable', canary: 'app-canary' } },
  },
  metrics: { source: 'main', preset: 'istio-envoy', labels: { cluster_name: 'app-$backend' } },
  rules: { inline: { rules: [{ name: 'error_rate', threshold: '0.1%', window: '5m', alert: 'critical' }] } },
  plan: {
    steps: [
      { weight: 25, bake: '10m', replicas: 4 },
      { weight: 50, bake: '15m', replicas: '50%' },
      { weight: 100, bake: '30m' },
    ],
    readyWithin: '300s',
    blindFor: '5m',
    blindMax: '30m',
  },
  confidence: '99.9%',
  mode: 'enforce',
  notify: [{ to: 'team' }],
  contacts: { primary: ['Ann <ann@example.com>'] },
} as const;
