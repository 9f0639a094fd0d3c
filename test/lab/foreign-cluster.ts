/** A cluster that is nobody's lab (kind, k3d), named by a kubeconfig: what tests of the API server alone run on, where they are told to. */
import { writeFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { AtEnd } from '../support/at-end.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Api, type ApiAccess } from './api/api.ts';
import type { Who } from './control-plane/identities.ts';

export interface ForeignCluster {
  api(who?: Who): Api;
  kubeconfig(who: Who): string;
  /** A new namespace, deleted at the end. */
  namespace(): Promise<string>;
}

/** Only where it is said that tests may write there: KUBECONFIG alone may name anybody's cluster. null: the lab is meant. */
export const foreignKubeconfig = (env: NodeJS.ProcessEnv = process.env): string | null =>
  env['SLUICE_TEST_KUBECONFIG'] ?? null;

const people = ['sluice', 'alice', 'bob'] as const;

/** `admin` is who the kubeconfig says; the others are accounts of a namespace of their own, which may do nothing. */
export async function openForeignCluster(file: string, atEnd: AtEnd): Promise<ForeignCluster> {
  const access = await accessIn(file);
  const admin = new Api(access);
  atEnd(() => admin.close());
  const namespaced = async (): Promise<string> => {
    const metadata = { generateName: 'test-' };
    const made = await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    atEnd(() => admin.delete(`/api/v1/namespaces/${made.metadata.name}`));
    return made.metadata.name;
  };
  const namespace = await namespaced();
  const tokens = new Map<Who, string>();
  const folder = await tempDir(atEnd);
  for (const who of people) {
    const token = await tokenOf(admin, namespace, who);
    tokens.set(who, token);
    await writeFile(join(folder, who), kubeconfigOf(access, who, token), { mode: 0o600 });
  }
  const api = (who: Who = 'admin'): Api => {
    const token = tokenFor(tokens, who);
    const opened = new Api(token === null ? access : { server: access.server, ca: access.ca, token });
    atEnd(() => opened.close());
    return opened;
  };
  return {
    api,
    namespace: namespaced,
    kubeconfig: (who) => (tokenFor(tokens, who) === null ? file : join(folder, who)),
  };
}

/** null: the admin's own way in. */
function tokenFor(tokens: ReadonlyMap<Who, string>, who: Who): string | null {
  const token = tokens.get(who);
  if (token === undefined && who !== 'admin') throw new Error(`${who} is a part of the lab, which this cluster is not`);
  return token ?? null;
}

/** As the client library reads it: files, certificates, tokens and programs that give one. Throws with what is wrong. */
export async function accessIn(file: string): Promise<ApiAccess> {
  const config = new KubeConfig();
  config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${file} names no cluster in its current context`);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers = new Headers(options.headers as Record<string, string> | undefined);
  const token = headers.get('authorization')?.replace(/^Bearer /, '') ?? null;
  const [ca, cert, key] = [text(options.ca), text(options.cert), text(options.key)];
  if (token === null && (cert === null || key === null))
    throw new Error(`${file} gives neither a token nor a client certificate: the tests know no other way in`);
  return {
    ...{ server: cluster.server.replace(/\/$/, ''), token, ca },
    ...(cert === null || key === null ? {} : { certificate: { cert, key } }),
  };
}

const text = (pem: RequestOptions['ca'] | RequestOptions['key']): string | null =>
  typeof pem === 'string' || Buffer.isBuffer(pem) ? pem.toString() : null;

async function tokenOf(admin: Api, namespace: string, who: string): Promise<string> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await admin.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: who } });
  const asked = await admin.create<{ readonly status: { readonly token: string } }>(`${accounts}/${who}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3_600 },
  });
  return asked.status.token;
}

const kubeconfigOf = ({ ca, server }: ApiAccess, who: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server,
          ...(ca === null ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
        },
      },
    ],
    users: [{ name: who, user: { token } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: who } }],
    'current-context': 'c',
  });
