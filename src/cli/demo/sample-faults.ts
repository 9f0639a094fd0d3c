/** How the sample service behaves: its error rate, latency and injected faults, at the start and while it runs. */
import { z } from 'zod';
import { lognormalFactor, type Random } from './seeded-random.ts';

const ratio = z.number().min(0).max(1);
const ms = z.number().min(0).max(600_000);

const SampleFaults = z.strictObject({
  /** Fraction of requests answered with 500. */
  errorRate: ratio,
  /** Median latency of an ordinary request. */
  latencyMs: ms,
  /** Fraction of requests that take about `slowMs`. */
  slowRate: ratio,
  slowMs: ms,
  /** Accept requests (health and metrics, too) and never answer them. */
  hang: z.boolean(),
  /** Fails its health check with 503 while serving on. */
  unhealthy: z.boolean(),
  /** Breaks off every scrape of its metrics while serving on. */
  metricsDown: z.boolean(),
  /** MiB held besides its own needs. */
  memoryMib: z.number().min(0).max(4_096),
});

export type SampleFaults = Readonly<z.infer<typeof SampleFaults>>;

/** What `POST /_control` takes: any of the faults, or an exit code to end with at once. */
export const SampleChange = SampleFaults.partial().extend({ exit: z.number().int().min(0).max(255).optional() });

const number = (fallback: number) =>
  z
    .string()
    .optional()
    .transform((text) => Number(text ?? fallback));

/** The environment that the sample service starts with. */
export const SampleEnvironment = z
  .object({
    /** A pod of a cluster of processes listens on its own address. */
    HOST: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
    PORT: number(8080).pipe(z.number().int().min(0).max(65_535)),
    VERSION: z
      .string()
      .regex(/^[!-~]+$/, 'printable ASCII without spaces')
      .default('dev'),
    ERROR_RATE: number(0).pipe(ratio),
    LATENCY_MS: number(20).pipe(ms),
    SLOW_RATE: number(0).pipe(ratio),
    SLOW_MS: number(400).pipe(ms),
    SEED: z.string().regex(/^\d+$/).transform(Number).optional(),
  })
  .transform((env) => ({
    host: env.HOST,
    port: env.PORT,
    version: env.VERSION,
    seed: env.SEED ?? null,
    faults: {
      errorRate: env.ERROR_RATE,
      latencyMs: env.LATENCY_MS,
      slowRate: env.SLOW_RATE,
      slowMs: env.SLOW_MS,
      hang: false,
      unhealthy: false,
      metricsDown: false,
      memoryMib: 0,
    } satisfies SampleFaults,
  }));

export type SampleSettings = Readonly<z.output<typeof SampleEnvironment>>;

export interface Fate {
  readonly code: 200 | 500;
  readonly delayMs: number;
}

const ordinarySpread = 0.35;
const slowSpread = 0.2;

/** Draws what happens to one request. Takes the same count of random numbers for each, so that one knob doesn't shift the others. */
export function drawFate(faults: SampleFaults, random: Random): Fate {
  const code = random() < faults.errorRate ? 500 : 200;
  const slow = random() < faults.slowRate;
  const delayMs = slow
    ? faults.slowMs * lognormalFactor(random, slowSpread)
    : faults.latencyMs * lognormalFactor(random, ordinarySpread);
  return { code, delayMs };
}
