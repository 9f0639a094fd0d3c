/** What is said over the proxy's control socket, JSON both ways; read by the process and by its client. */
import { z } from 'zod';
import { proxySettings } from './settings.ts';

/** Raised when an older client could misunderstand an answer. */
export const protocolVersion = 1;

const epoch = z.int().min(0);
const release = z.string().min(1);

/** `http://host:port`: a proxy hop has no path of its own. */
const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.username === ''
  )
    return url.origin;
  context.addIssue({ code: 'custom', message: `"${text}" is no origin: write it as http://host:port` });
  return z.NEVER;
});

export const weightWrite = z.strictObject({
  release,
  epoch,
  canary: z.int().min(0).max(100),
  ifVersion: z.string().nullable(),
  latch: z.boolean(),
});

export const backendChange = z.strictObject({
  backend: z.enum(['canary', 'stable']),
  revision: z.string().min(1).nullable(),
  endpoints: z.array(origin),
  epoch,
});

export const settleRequest = z.strictObject({ epoch });

/** The controller of this epoch lives. */
export const renewRequest = z.strictObject({ epoch });

export const drainRequest = z.strictObject({ epoch });

export const settingsChange = z.strictObject({ epoch, settings: proxySettings });

export const stopRequest = z.strictObject({ epoch });

export const writeProblem = z.object({
  reason: z.enum(['Conflict', 'Fenced', 'Refused', 'Unknown', 'Unreachable']),
  message: z.string(),
});

const target = z.object({ revision: z.string().nullable(), endpoints: z.array(z.string()).readonly() });

export const targets = z.object({ canary: target, stable: target });

/** Of the dead man's switch. */
export const switchedOff = z.object({
  atMs: z.number(),
  from: z.int(),
  release: z.string().nullable(),
  silentMs: z.number(),
});

const routeState = z.object({
  canary: z.int(),
  stable: z.int(),
  version: z.string(),
  epoch,
  release: z.string().nullable(),
  rolledBack: z.string().nullable(),
  startedAtMs: z.number().nullable(),
  switchedOff: switchedOff.optional(),
  canaryReady: z.boolean(),
  stableReady: z.boolean(),
  since: z.object({ canary: z.int(), stable: z.int() }).nullable(),
  answered: z.object({ ok: z.int(), failed: z.int() }).optional(),
  canaryInFlight: z.int().nullable(),
});

const certificate = z.object({ subject: z.string(), expiresAtMs: z.number(), problem: z.string().nullable() });

/** Answer of every call that succeeded. */
export const proxyState = z.object({
  protocol: z.literal(protocolVersion),
  name: z.string(),
  pid: z.int(),
  /** Addresses bound, `host:port`. */
  listen: z.string(),
  metricsListen: z.string().nullable(),
  /** The same as they stood on the command line. */
  asked: z.object({ listen: z.string(), metricsListen: z.string().nullable() }),
  route: routeState,
  targets,
  /** In force; left out by versions that had none. */
  settings: proxySettings.optional(),
  /** Shown to users; left out by versions that had none. */
  certificate: certificate.nullable().optional(),
  /** The last change is on the disk. */
  saved: z.boolean(),
  /** Streams that this call ended; only in the answer to a drain. */
  ended: z.int().optional(),
});

export type ProxyState = z.infer<typeof proxyState>;
