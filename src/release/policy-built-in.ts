/** `traffic.proxy`: how the built-in proxy treats its users and the instances behind it. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { duration } from '../lib/config-file/duration-schema.ts';
import { fromFolder, interval, plainText, urlPath } from './policy-fields.ts';

const upToADay = duration({ minMs: 1, maxMs: 86_400_000 });

const perUnit = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;

const sizeForm = /^([0-9]{1,9}) ?(B|KiB|MiB|GiB)$/;

/** `16KiB`; answers bytes, both limits included. */
const size = (limits: { readonly min: number; readonly max: number }) =>
  z
    .string({ error: ({ input }) => (input === undefined ? undefined : sizeProblem(input)) })
    .meta({ pattern: '^[0-9]{1,9} ?(B|KiB|MiB|GiB)$', examples: ['16KiB', '10MiB'] })
    .transform((text, context) => {
      const [, count, unit] = sizeForm.exec(text) ?? [];
      const bytes = Number(count) * perUnit[unit as keyof typeof perUnit];
      if (bytes >= limits.min && bytes <= limits.max) return bytes;
      const message = Number.isNaN(bytes)
        ? sizeProblem(text)
        : `${text} is not from ${limits.min} to ${limits.max} bytes`;
      context.addIssue({ code: 'custom', message, input: text });
      return z.NEVER;
    });

const sizeProblem = (input: unknown): string => `${describeFound(input)} is no size; write 16KiB or 10MiB`;

const limits = z.strictObject({
  head: size({ min: 1_024, max: 1_048_576 })
    .optional()
    .meta({ description: 'Request line and header fields together; a longer head gets 431. Default 16KiB.' }),
  headers: z.int().min(10).max(2_000).optional().meta({ description: 'Header fields; more get 431. Default 200.' }),
  body: size({ min: 0, max: 2 ** 50 })
    .optional()
    .meta({ description: 'Of a request; a longer one gets 413. Default: no limit.' }),
  message: size({ min: 0, max: 2 ** 32 - 1 })
    .optional()
    .meta({
      description: 'Of one message in a gRPC call; a longer one ends it as ResourceExhausted. Default: as body.',
    }),
  connections: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: 'Users connected at a time; one more gets 503. Default 10000.' }),
});

const timeouts = z.strictObject({
  connect: upToADay.optional().meta({ description: 'To an instance; then 504. Default 2s.' }),
  response: upToADay
    .optional()
    .meta({ description: "From a request's end to the head of its answer; then 504. Default 60s." }),
  idle: upToADay.optional().meta({
    description: "Between two pieces of an answer's body, and of a gRPC call in which nobody speaks. Default 5m.",
  }),
  head: upToADay.optional().meta({ description: 'For the head of a request to come; then 408. Default 30s.' }),
  client: upToADay.optional().meta({
    description: 'A user who sends no more of a body gets 408; one who reads no more is left. Default 60s.',
  }),
  keepAlive: upToADay.optional().meta({ description: 'Between two requests of a connection. Default 75s.' }),
});

const ranges = z
  .array(
    z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
      error: ({ input }) => `${describeFound(input)} is no address; write 10.1.2.3, or 10.0.0.0/8 for a range`,
    }),
  )
  .max(200);

const sticky = z.strictObject({
  cookie: z
    .string()
    .refine((text) => /^[\w-]{1,64}$/.test(text), {
      error: ({ input }) => `${describeFound(input)} is no name of a cookie; use letters, digits, - and _`,
    })
    .optional()
    .meta({ description: 'Name of the cookie. Default sluice.' }),
  for: duration({ minMs: 1_000, maxMs: 30 * 86_400_000 })
    .optional()
    .meta({ description: 'How long a session lasts. Default: until the browser is closed.' }),
});

const tls = z
  .strictObject({
    certificate: plainText.meta({ description: "PEM file: the server's certificate, then those up to the authority." }),
    key: plainText.meta({ description: 'PEM file: its key, without a passphrase.' }),
  })
  .meta({
    description: 'Users connect with TLS, and speak HTTP/2 where they can. The files are read again when they change.',
  });

const accessLog = z.strictObject({
  file: plainText.optional().meta({
    description: "Path, from this file's folder. Default: the proxy's own log in the state folder.",
  }),
  form: z.enum(['json', 'combined']).optional().meta({ description: 'Default json, a line a request.' }),
  query: z
    .enum(['hidden', 'shown'])
    .optional()
    .meta({ description: 'What stands behind the ? of a path may be a secret. Default hidden.' }),
});

const health = z.strictObject({
  path: urlPath,
  interval: interval.optional().meta({ description: 'Default 2s.' }),
  timeout: interval.optional().meta({ description: 'For the whole answer. Default 1s.' }),
  unhealthyAfter: z.int().min(1).max(100).optional().meta({ description: 'Bad answers in a row. Default 3.' }),
  healthyAfter: z.int().min(1).max(100).optional().meta({ description: 'Good answers in a row. Default 2.' }),
});

/** Beside `listen`. */
export const proxyWords = {
  tls: tls.optional(),
  grpc: z.enum(['off', 'pass', 'only']).optional().meta({
    description:
      'Whether the instances speak gRPC: off, it gets 415; pass, beside HTTP/1.1; only, everything else gets 415. Default off.',
  }),
  limits: limits.optional(),
  timeouts: timeouts.optional(),
  forwarded: z.strictObject({ from: ranges }).optional().meta({
    description: 'Load balancers in front whose X-Forwarded-* and Forwarded are believed. Default: this machine.',
  }),
  proxyProtocol: z.strictObject({ from: ranges }).optional().meta({
    description: 'Load balancers in front whose connections begin with a PROXY header, version 1 or 2. Default: none.',
  }),
  health: health.optional().meta({
    description:
      "Each instance is asked whether it is well. Requests go round those of stable that are not; the canary's are not spared, since they are what it is judged by.",
  }),
  accessLog: accessLog.optional().meta({
    description:
      'A line for each request and each gRPC call. A line that the disk takes too long for is dropped and counted; SIGUSR2 to the proxy opens the file anew.',
  }),
  sticky: sticky.optional().meta({
    description:
      'Users stay with the version they got first, by a cookie: weights hold for new sessions, and nothing compares the traffic of the versions. A version without weight keeps nobody.',
  }),
  deadMansSwitch: duration({ minMs: 5_000, maxMs: 86_400_000 }).optional().meta({
    description: 'The canary gets nothing any more when no controller has shown itself for so long. Default: none.',
  }),
};

type Words = { readonly [Word in keyof typeof proxyWords]?: z.output<(typeof proxyWords)[Word]> };

/** In bytes and milliseconds, as the proxy takes them; what the file does not say is not there. */
export interface ProxySettings {
  /** Absolute paths. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly grpc?: 'off' | 'pass' | 'only';
  readonly limits?: {
    readonly headBytes?: number | undefined;
    readonly headers?: number | undefined;
    readonly bodyBytes?: number | undefined;
    readonly messageBytes?: number | undefined;
    readonly connections?: number | undefined;
  };
  readonly timeouts?: {
    readonly connectMs?: number | undefined;
    readonly responseMs?: number | undefined;
    readonly idleMs?: number | undefined;
    readonly headMs?: number | undefined;
    readonly clientMs?: number | undefined;
    readonly keepAliveMs?: number | undefined;
  };
  readonly forwarded?: { readonly from: readonly string[] };
  readonly proxyProtocol?: { readonly from: readonly string[] };
  readonly health?: {
    readonly path: string;
    readonly intervalMs?: number | undefined;
    readonly timeoutMs?: number | undefined;
    readonly unhealthyAfter?: number | undefined;
    readonly healthyAfter?: number | undefined;
  };
  readonly accessLog?: {
    readonly file: string | null;
    readonly form?: 'json' | 'combined' | undefined;
    readonly query?: 'hidden' | 'shown' | undefined;
  };
  readonly deadMansSwitchMs?: number;
  readonly sticky?: { readonly cookie: string; readonly maxAgeMs: number | null };
}

const limitsFrom = ({ head, body, message, ...rest }: z.output<typeof limits>) => ({
  headBytes: head,
  bodyBytes: body,
  messageBytes: message,
  ...rest,
});

const healthFrom = ({ interval: intervalMs, timeout: timeoutMs, ...rest }: z.output<typeof health>) => ({
  intervalMs,
  timeoutMs,
  ...rest,
});

/** `folder`: where the policy's file is. */
export const proxySettingsFrom = (words: Words, folder: string): ProxySettings => {
  const {
    tls: files,
    grpc,
    limits: most,
    timeouts: within,
    forwarded,
    proxyProtocol,
    health: checks,
    accessLog: log,
    sticky: sessions,
    deadMansSwitch,
  } = words;
  return {
    ...(files && { tls: { certificate: resolve(folder, files.certificate), key: resolve(folder, files.key) } }),
    ...(grpc && { grpc }),
    ...(most && { limits: limitsFrom(most) }),
    ...(forwarded && { forwarded }),
    ...(proxyProtocol && { proxyProtocol }),
    ...(checks && { health: healthFrom(checks) }),
    ...(log && { accessLog: { ...log, file: fromFolder(folder, log.file) } }),
    ...(deadMansSwitch !== undefined && { deadMansSwitchMs: deadMansSwitch }),
    ...(sessions && { sticky: { cookie: sessions.cookie ?? 'sluice', maxAgeMs: sessions.for ?? null } }),
    ...(within && {
      timeouts: {
        connectMs: within.connect,
        responseMs: within.response,
        idleMs: within.idle,
        headMs: within.head,
        clientMs: within.client,
        keepAliveMs: within.keepAlive,
      },
    }),
  };
};
