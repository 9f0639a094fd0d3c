/** Access by a token or a certificate alone, in a pod or by a plain kubeconfig: without the client library, which takes a third of the memory of a controller. */
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok } from '../lib/result.ts';
import type { Access, AccessOrder } from './access.ts';
import { kubeProblem } from './problem.ts';

const named = z.looseObject({ name: z.string() });

const kubeconfig = z.looseObject({
  clusters: z.array(named),
  users: z.array(named),
  contexts: z.array(z.looseObject({ name: z.string(), context: z.record(z.string(), z.unknown()) })),
  'current-context': z.string().optional(),
});

// Whatever else stands there needs the client library.
const plainCluster = z.strictObject({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.base64().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
});

const plainUser = z.strictObject({
  token: z.string().optional(),
  'client-certificate-data': z.base64().optional(),
  'client-key-data': z.base64().optional(),
});

const plainContext = z.looseObject({ cluster: z.string(), user: z.string(), namespace: z.string().optional() });

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder with `token`, `ca.crt` and `namespace` of a pod. */
  readonly account: string;
}

const here: Place = { env: process.env, account: '/var/run/secrets/kubernetes.io/serviceaccount' };

/** null: that is not all there is to it, or not to be read; the client library can, or says why not. */
export async function plainAccess(order: AccessOrder, place: Place = here): Promise<Access | null> {
  const { env } = place;
  const file =
    order.kind === 'file' ? order.path : (env['KUBECONFIG'] ?? join(env['HOME'] ?? homedir(), '.kube', 'config'));
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null) return fromKubeconfig(text, file, order.context);
  const mayBePod = order.kind === 'default' && order.context === undefined && env['KUBECONFIG'] === undefined;
  return mayBePod ? inPod(place) : null;
}

async function fromKubeconfig(text: string, file: string, wanted: string | undefined): Promise<Access | null> {
  const config = kubeconfig.safeParse(parsed(text));
  if (!config.success) return null;
  const { clusters, contexts, users, 'current-context': current } = config.data;
  const context = plainContext.safeParse(contexts.find(({ name }) => name === (wanted ?? current))?.context);
  if (!context.success) return null;
  const cluster = plainCluster.safeParse(clusters.find(({ name }) => name === context.data.cluster)?.['cluster']);
  const user = plainUser.safeParse(users.find(({ name }) => name === context.data.user)?.['user'] ?? {});
  if (!cluster.success || !user.success) return null;
  const { server, 'certificate-authority': authority, 'tls-server-name': servername } = cluster.data;
  const isInsecure = cluster.data['insecure-skip-tls-verify'] === true;
  // A token in clear is for nobody who did not say so: the library refuses, and says why.
  if (!server.startsWith('https:') && !isInsecure) return null;
  const inFile = authority === undefined ? null : await caFile(resolve(dirname(file), authority));
  if (authority !== undefined && inFile === null) return null;
  const { token } = user.data;
  const inline = bytes(cluster.data['certificate-authority-data']);
  const tls = {
    cert: bytes(user.data['client-certificate-data']),
    key: bytes(user.data['client-key-data']),
    servername,
    rejectUnauthorized: isInsecure ? false : undefined,
  };
  const ca = inFile ?? (async () => inline);
  return access({ server, namespace: context.data.namespace, tls, ca, token: async () => token ?? null });
}

type Authority = () => Promise<Buffer | undefined>;

/** Read again each time, as it is renewed in its file; while that can't be read it is as it was. null: it never could. */
async function caFile(path: string): Promise<Authority | null> {
  const read = (): Promise<Buffer | null> => readFile(path).catch(() => null);
  const first = await read();
  if (first === null) return null;
  let last = first;
  return async () => (last = (await read()) ?? last);
}

/** As the kubelet mounts it; token and authority are renewed in their files. */
async function inPod({ account, env }: Place): Promise<Access | null> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  const mounted = (name: string): Promise<string> => readFile(join(account, name), 'utf8');
  const [ca, namespace] = await Promise.all([caFile(join(account, 'ca.crt')), mounted('namespace').catch(() => null)]);
  if (host === undefined || port === undefined || ca === null || namespace === null) return null;
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return access({
    server,
    namespace: namespace.trim(),
    tls: {},
    ca,
    token: async () => (await mounted('token')).trim(),
  });
}

interface Plain {
  readonly server: string;
  readonly namespace: string | undefined;
  readonly tls: Readonly<Record<string, unknown>>;
  /** Left out of `tls`, because it may change; undefined: those that the system trusts. */
  readonly ca: Authority;
  readonly token: () => Promise<string | null>;
}

// Idle connections end before the server's side ends them: a write on one that just ended has an outcome that nobody knows.
const keeping = { keepAlive: true, timeout: 20_000 };

function access({ server, namespace = 'default', tls, ca, token }: Plain): Access {
  const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  const agentFor = (authority: Buffer | undefined): HttpAgent => {
    const trusting = authority === undefined ? {} : { ca: authority };
    return server.startsWith('https:') ? new HttpsAgent({ ...keeping, ...given, ...trusting }) : new HttpAgent(keeping);
  };
  let kept: { readonly agent: HttpAgent; readonly key: string | undefined } | null = null;
  const credentials = async (): ReturnType<Access['credentials']> => {
    try {
      const [authority, bearer] = await Promise.all([ca(), token()]);
      const key = authority?.toString('base64');
      // Connections are kept, and made anew when the authority was.
      if (kept === null || kept.key !== key) kept = { agent: agentFor(authority), key };
      return ok({ headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` }, agent: kept.agent });
    } catch (error) {
      return failed(kubeProblem('Unauthorized', `the service account's token can't be read: ${messageOf(error)}`));
    }
  };
  return { server: server.replace(/\/$/, ''), namespace, credentials };
}

const bytes = (base64: string | undefined): Buffer | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64');

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    return null;
  }
}
