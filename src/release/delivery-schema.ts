/** How deliveries are written down, and read again: what is not as it should be is left out. */
import { z } from 'zod';
import { parsedJson } from '../lib/parsed-json.ts';
import type { Delivery } from './delivery-log.ts';

const deliverySchema = z.object({
  policy: z.string(),
  target: z.string(),
  service: z.string(),
  notice: z.string(),
  about: z.string(),
  urgency: z.string(),
  reason: z.string(),
  title: z.string(),
  releases: z.array(z.string()),
  atMs: z.number(),
  triedAtMs: z.number(),
  outcome: z.enum(['trying', 'sent', 'failed', 'dropped']),
  attempts: z.number(),
  why: z.string(),
  handles: z.record(z.string(), z.string()).nullable(),
});

/** null: it is not one. */
export const parseDelivery = (text: string): Delivery | null => deliverySchema.safeParse(parsedJson(text)).data ?? null;
