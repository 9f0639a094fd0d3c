/** What the proxy's metrics say of its certificate: when it ends, and whether its files are in force. */
import { Gauge, type Registry } from 'prom-client';
import type { CertificateState } from './certificates.ts';

/** Without a certificate there are no samples. */
export function addCertificateMetrics(registry: Registry, read: () => CertificateState | null): void {
  const gauge = (name: string, help: string, value: (state: CertificateState) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['subject'],
      registers: [registry],
      collect() {
        const state = read();
        this.reset();
        if (state !== null) this.set({ subject: state.subject }, value(state));
      },
    });
  gauge(
    'sluice_proxy_certificate_expiry_timestamp_seconds',
    'When the certificate in force expires.',
    ({ expiresAtMs }) => expiresAtMs / 1000,
  );
  gauge(
    'sluice_proxy_certificate_files_in_force',
    '1: the files hold the certificate in force; 0: they hold something that can not be used, and an earlier one stays.',
    ({ problem }) => (problem === null ? 1 : 0),
  );
}
