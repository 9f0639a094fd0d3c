/** What a proxy is told about its own behaviour, in milliseconds and bytes: every word has a default, and all may change while it serves. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

const millis = z.int().min(1).max(86_400_000);

const limits = z.strictObject({
  /** Request line and header fields together, bytes. */
  headBytes: z.int().min(1_024).max(1_048_576).default(16_384),
  /** Header fields of a request. */
  headers: z.int().min(10).max(2_000).default(200),
  /** Of a request that is no gRPC call, bytes; null: no limit. */
  bodyBytes: z.int().min(0).nullable().default(null),
  /** Of one message of a gRPC call, as the user sends it, bytes; null: as `bodyBytes`. A call of many messages has no limit. */
  messageBytes: z.int().min(0).nullable().default(null),
  /** Users' connections open at a time. */
  connections: z.int().min(1).max(1_000_000).default(10_000),
});

const timeouts = z.strictObject({
  connectMs: millis.default(2_000),
  /** From a request's end to its answer's head. */
  responseMs: millis.default(60_000),
  /** Between two pieces of an answer's body. */
  idleMs: millis.default(300_000),
  /** From a connection's or a request's first byte to the end of its head. */
  headMs: millis.default(30_000),
  /** A user who neither sends what is due nor takes what is sent. */
  clientMs: millis.default(60_000),
  /** Between two requests. The default outlasts load balancers in front, which otherwise write into a closing connection. */
  keepAliveMs: millis.default(75_000),
});

/** Addresses, alone or as ranges: `10.0.0.0/8`. */
const ranges = z
  .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
  .max(200)
  .readonly();

/** Load balancers in front that are believed about whom they ask for: X-Forwarded-*, Forwarded. */
const forwarded = z.strictObject({ from: ranges.default(['127.0.0.0/8', '::1']) });

/** Load balancers in front whose connections begin with a PROXY header. */
const proxyProtocol = z.strictObject({ from: ranges.default([]) });

/** Users stay with the version that they got first: weights hold for new sessions. */
const sticky = z.strictObject({
  cookie: z.string().regex(/^[\w-]{1,64}$/),
  /** Null: until the browser is closed. */
  maxAgeMs: z.int().min(1_000).nullable().default(null),
});

/** Absolute paths of PEM files, read again when they change. */
const tls = z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) });

/** Each instance is asked whether it is well. */
const health = z.strictObject({
  path: z.string().regex(/^\/[^\s#]*$/),
  intervalMs: z.int().min(100).max(300_000).default(2_000),
  timeoutMs: millis.default(1_000),
  /** Bad answers in a row; then good ones. */
  unhealthyAfter: z.int().min(1).max(100).default(3),
  healthyAfter: z.int().min(1).max(100).default(2),
});

/** A line for each request that a backend was chosen for. */
const accessLog = z.strictObject({
  /** Absolute; null: standard output. */
  file: z.string().min(1).nullable().default(null),
  form: z.enum(['json', 'combined']).default('json'),
  query: z.enum(['hidden', 'shown']).default('hidden'),
});

export type AccessLogSettings = z.output<typeof accessLog>;

/** Whether the instances speak gRPC, and whether they speak anything else: what they don't speak is refused, and is no error of theirs. */
const grpc = z.enum(['off', 'pass', 'only']);

export const proxySettings = z.strictObject({
  /** Null: users connect unencrypted. */
  tls: tls.nullable().default(null),
  limits: limits.prefault({}),
  timeouts: timeouts.prefault({}),
  grpc: grpc.default('off'),
  forwarded: forwarded.prefault({}),
  proxyProtocol: proxyProtocol.prefault({}),
  sticky: sticky.nullable().default(null),
  accessLog: accessLog.nullable().default(null),
  /** The canary gets nothing any more when no controller has renewed for so long; null: its weight stays as it is. */
  deadMansSwitchMs: millis.nullable().default(null),
  health: health.nullable().default(null),
});

/** As told: what is left out has its default. */
export type ProxyWords = z.input<typeof proxySettings>;

export type ProxySettings = z.output<typeof proxySettings>;

const defaultSettings: ProxySettings = proxySettings.parse({});

/** Whether these words ask for just these settings. */
export const areInForce = (words: ProxyWords, settings: ProxySettings = defaultSettings): boolean =>
  isDeepStrictEqual(proxySettings.parse(words), settings);
