/** `POST /webhooks/alertmanager`: what an Alertmanager tells of alerts that fire and that are resolved (its webhook, version 4). */
import type { ErrorRequestHandler, Express } from 'express';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { ToldAlert } from '../release/told-alert.ts';
import type { Logger } from '../telemetry/logger.ts';
import { json, parseBody } from './http-body.ts';
import { refuse } from './http-errors.ts';
import { needs } from './http-review.ts';
import type { Reviewer } from './reviewer.ts';

export const alertsPath = '/webhooks/alertmanager';

/** Whoever is told; answers how many alerts fire now, as far as they are known. */
export interface ToldAlerts {
  tell(alerts: readonly ToldAlert[], nowMs: number): number;
  /** A message left alerts out, or could not be taken: silence about an alert says nothing then. */
  missed(nowMs: number): void;
}

interface AlertsServer {
  readonly alerts: ToldAlerts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly reviewer: Reviewer | undefined;
}

/** Others' format: words that we do not know are theirs. */
export const alertsBody = z.looseObject({
  version: z.literal('4'),
  truncatedAlerts: z.number().optional(),
  alerts: z
    .array(
      z.looseObject({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string(), z.string()),
        startsAt: z.string().optional(),
      }),
    )
    .max(500),
});

export const alertsTaken = z.strictObject({
  taken: z.number(),
  firing: z.number().describe('alerts that fire now, as far as they are known'),
});

/** In a cluster a right of its own: `alert` on releasepolicies. */
export const addAlerts = (app: Express, { alerts, clock, log, reviewer }: AlertsServer): void => {
  const may = needs(reviewer, { kind: 'object', verb: 'alert', resource: 'releasepolicies', name: null });
  const missed = (why: string): void => {
    log.warn({ why }, 'a message of an Alertmanager could not be taken whole: raise max_alerts, or tell fewer here');
    alerts.missed(clock.wallMs());
  };
  app.post(alertsPath, may, json, (request, response) => {
    const told = parseBody(request, read);
    if (!told.ok) {
      missed(told.error.message);
      return refuse(request, response, told.error);
    }
    const { cut, list } = told.value;
    if (cut > 0) missed(`it left out ${cut}`);
    const taken: z.input<typeof alertsTaken> = { taken: list.length, firing: alerts.tell(list, clock.wallMs()) };
    response.json(taken);
  });
  // eslint-disable-next-line @typescript-eslint/max-params -- express counts them
  const unread: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
    missed(messageOf(error));
    next(error);
  };
  app.use(alertsPath, unread);
};

/** For a server that keeps nothing. An Alertmanager tries again after 503, not after 404, and a new connection may reach the one that keeps. */
export const addAlertsElsewhere = (app: Express, problem: () => Promise<Problem>): void => {
  app.post(alertsPath, async (request, response) => {
    response.set('Connection', 'close');
    refuse(request, response, await problem());
  });
};

interface Told {
  readonly list: readonly ToldAlert[];
  readonly cut: number;
}

function read(body: unknown): Result<Told> {
  const parsed = alertsBody.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `this is no message of an Alertmanager's webhook, version 4: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
    return failed({ reason: 'Invalid', message, retryable: false });
  }
  const list = parsed.data.alerts.map(({ labels, startsAt = '', status }) => {
    const sinceMs = Date.parse(startsAt);
    return { labels, status, sinceMs: Number.isFinite(sinceMs) ? sinceMs : null };
  });
  return ok({ list, cut: parsed.data.truncatedAlerts ?? 0 });
}
