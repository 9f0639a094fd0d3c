/** kube-apiserver: RBAC, tokens from a file, an audit log; endpoints are whatever the lab's pods say. */
import { readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { addresses } from '../network/network.ts';
import { cached } from '../parts/cache.ts';
import { apiServerBefore, parts } from '../parts/parts.ts';
import type { Server } from '../servers/server.ts';
import { etcdUrl } from './etcd.ts';

export const apiServerUrl = `https://${addresses.controlPlane}:6443`;

export interface ApiServerFiles {
  readonly tokens: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
  /** Where it makes its own certificate. */
  readonly certificates: string;
  readonly serviceAccountKey: string;
}

export const apiServerFiles = (folder: string): ApiServerFiles => ({
  tokens: join(folder, 'tokens.csv'),
  auditPolicy: join(folder, 'audit-policy.json'),
  auditLog: join(folder, 'logs', 'audit.log'),
  certificates: join(folder, 'certificates'),
  serviceAccountKey: join(folder, 'service-account.pem'),
});

/** The certificate that signed the server's own; there once it is ready. */
export const authorityOf = (folder: string): string =>
  readFileSync(join(apiServerFiles(folder).certificates, 'apiserver.crt'), 'utf8');

/** The pair that the server made for itself, for whoever else of the lab speaks TLS. */
export const certificateOf = (folder: string): { readonly cert: string; readonly key: string } => ({
  cert: authorityOf(folder),
  key: readFileSync(join(apiServerFiles(folder).certificates, 'apiserver.key'), 'utf8'),
});

/** `before`: of the minor version before, to be followed by this one. */
export type ApiServerVersion = 'current' | 'before';

const programIn = (folder: string): string => join(folder, 'kube-apiserver');

/** What runs from its next start on. */
export function chooseApiServer(folder: string, version: ApiServerVersion): void {
  const part = version === 'before' ? apiServerBefore : parts.kubernetes;
  const link = `${programIn(folder)}.new`;
  symlinkSync(join(cached(part), 'kube-apiserver'), link);
  renameSync(link, programIn(folder));
}

export function apiServer(folder: string): Server {
  const files = apiServerFiles(folder);
  const anyCertificate = new Agent({ connect: { rejectUnauthorized: false } });
  return {
    name: 'kube-apiserver',
    at: apiServerUrl,
    command: [
      programIn(folder),
      `--etcd-servers=${etcdUrl}`,
      `--advertise-address=${addresses.controlPlane}`,
      `--bind-address=${addresses.controlPlane}`,
      '--secure-port=6443',
      `--cert-dir=${files.certificates}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${files.serviceAccountKey}`,
      `--service-account-signing-key-file=${files.serviceAccountKey}`,
      `--token-auth-file=${files.tokens}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      // Pods are processes of the lab: no account is mounted into them.
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
      `--audit-policy-file=${files.auditPolicy}`,
      `--audit-log-path=${files.auditLog}`,
      '--audit-log-maxsize=2000',
    ],
    ready: async () => {
      const { statusCode, body } = await request(`${apiServerUrl}/readyz`, { dispatcher: anyCertificate });
      await body.dump();
      return statusCode === 200;
    },
  };
}
