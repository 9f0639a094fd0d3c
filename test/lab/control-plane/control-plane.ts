/** etcd, API server and controller manager, started in order and ready. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiAccess } from '../api/api.ts';
import type { Servers } from '../servers/servers.ts';
import {
  type ApiServerVersion,
  apiServer,
  apiServerFiles,
  apiServerUrl,
  authorityOf,
  chooseApiServer,
} from './api-server.ts';
import { writeAuditPolicy } from './audit.ts';
import { controllerManager } from './controller-manager.ts';
import { etcd } from './etcd.ts';
import { makeTokens, type Tokens, type Who, writeKubeconfigs, writeTokenFile } from './identities.ts';

export interface ControlPlane {
  readonly tokens: Tokens;
  access(who: Who): ApiAccess & { readonly ca: string };
}

export async function startControlPlane(
  folder: string,
  servers: Servers,
  version: ApiServerVersion,
): Promise<ControlPlane> {
  const tokens = makeTokens();
  const files = apiServerFiles(folder);
  mkdirSync(join(folder, 'kubeconfig'), { recursive: true });
  writeTokenFile(files.tokens, tokens);
  writeAuditPolicy(files.auditPolicy);
  writeFileSync(files.serviceAccountKey, newKey(), { mode: 0o600 });
  chooseApiServer(folder, version);
  await Promise.all([servers.start(etcd(folder)), servers.start(apiServer(folder))]);
  const ca = authorityOf(folder);
  writeKubeconfigs(folder, tokens, { server: apiServerUrl, ca });
  await servers.start(controllerManager(folder));
  return { tokens, access: (who) => ({ server: apiServerUrl, token: tokens[who], ca }) };
}

const newKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
