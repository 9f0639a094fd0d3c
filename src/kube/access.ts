/** How the API server is reached, and as whom: what a kubeconfig or a pod's service account says, read again as it changes. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { contentHash } from '../lib/content-hash.ts';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type KubeProblem, kubeProblem } from './problem.ts';

export interface Access {
  /** Without the slash at its end. */
  readonly server: string;
  /** Namespace of the context; `default` where it has none. */
  readonly namespace: string;
  /** For one request: they may be renewed at any time. */
  credentials(): Promise<Result<Credentials, KubeProblem>>;
  /** Ends what is under way; left out: nothing does. */
  readonly ended?: AbortSignal;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: HttpAgent;
}

/** Where the configuration comes from; `default`: KUBECONFIG, ~/.kube/config, or the pod's service account. */
export type AccessOrder =
  | { readonly kind: 'default'; readonly context?: string }
  | { readonly kind: 'file'; readonly path: string; readonly context?: string };

const unusable = (why: string): Result<never, KubeProblem> =>
  failed(kubeProblem('Unauthorized', `the configuration for Kubernetes can't be used: ${why}`));

export function openAccess(order: AccessOrder): Result<Access, KubeProblem> {
  const config = new KubeConfig();
  try {
    if (order.kind === 'file') config.loadFromFile(order.path);
    else config.loadFromDefault();
    if (order.context !== undefined) config.setCurrentContext(order.context);
  } catch (error) {
    return unusable(withoutText(error));
  }
  return accessOf(config);
}

/** Of a configuration that was read. */
export function accessOf(config: KubeConfig): Result<Access, KubeProblem> {
  const cluster = config.getCurrentCluster();
  const context = config.currentContext;
  if (cluster === null) return unusable(`context ${JSON.stringify(context)} names no cluster`);
  const kept = new KeptAgent();
  return ok({
    server: cluster.server.replace(/\/$/, ''),
    namespace: config.getContextObject(context)?.namespace ?? 'default',
    credentials: async () => {
      try {
        const options: RequestOptions = {};
        await config.applyToHTTPSOptions(options);
        return ok({
          headers: headersOf(options),
          agent: cluster.proxyUrl === undefined ? kept.for(options) : (options.agent as HttpAgent),
        });
      } catch (error) {
        return unusable(withoutText(error));
      }
    },
  });
}

/** What is wrong with a text, without the piece of it that parsers show: tokens and keys stand there. */
const withoutText = (error: unknown): string =>
  error instanceof SyntaxError ? 'a program or a file that it names answered no JSON' : firstLine(messageOf(error));

const firstLine = (text: string): string => text.split('\n')[0] ?? '';

function headersOf({ headers, auth }: RequestOptions): Readonly<Record<string, string>> {
  // The library fills in an object, of all forms that headers may have.
  const given = Object.entries((headers ?? {}) as Readonly<Record<string, unknown>>);
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...basic, ...Object.fromEntries(given.map(([key, value]) => [key.toLowerCase(), String(value)])) };
}

/** Connections are kept, and made anew when a certificate was; the client library's own agent does neither. */
class KeptAgent {
  #kept: { readonly agent: HttpAgent; readonly key: string } | null = null;

  for(options: RequestOptions): HttpAgent {
    const { ca, cert, key, passphrase, servername, rejectUnauthorized } = options;
    const given = Object.entries({ ca, cert, key, passphrase, servername, rejectUnauthorized });
    const tls = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const made = contentHash(Object.entries(tls).map(([name, value]) => [name, asText(value)]));
    if (this.#kept?.key === made) return this.#kept.agent;
    // Idle connections end before the server's side ends them: a write on one that just ended has an outcome that nobody knows.
    const keeping = { keepAlive: true, timeout: 20_000 };
    const agent = options.agent instanceof HttpsAgent ? new HttpsAgent({ ...keeping, ...tls }) : new HttpAgent(keeping);
    this.#kept = { agent, key: made };
    return agent;
  }
}

const asText = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('base64') : JSON.stringify(value));
