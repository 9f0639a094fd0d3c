/** Traefik as a Gateway API controller, and for its own TraefikServices. */
import { kubeconfigOf } from '../control-plane/identities.ts';
import { addresses } from '../network/network.ts';
import { fileOf } from '../parts/parts.ts';
import type { Server } from '../servers/server.ts';

/** Metrics and ping. */
export const traefikAdmin = `${addresses.traefik}:8080`;

export const traefik = (folder: string): Server => ({
  name: 'traefik',
  at: `http://${addresses.traefik}`,
  command: [
    fileOf('traefik', 'bin/traefik'),
    `--entrypoints.web.address=${addresses.traefik}:80`,
    `--entrypoints.traefik.address=${traefikAdmin}`,
    '--providers.kubernetesgateway=true',
    `--providers.kubernetesgateway.statusaddress.ip=${addresses.traefik}`,
    '--providers.kubernetescrd=true',
    // Its default of 2 s is what a weight waits for.
    '--providers.providersthrottleduration=50ms',
    '--ping=true',
    '--metrics.prometheus=true',
    '--metrics.prometheus.addserviceslabels=true',
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--log.level=WARN',
  ],
  env: { KUBECONFIG: kubeconfigOf(folder, 'traefik') },
  ready: async () => (await fetch(`http://${traefikAdmin}/ping`)).ok,
});
