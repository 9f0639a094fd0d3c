/** Metric source that knows alerts only: an Alertmanager's own list (API v2), without those that are silenced or inhibited. */
import { z } from 'zod';
import { type Clock, systemClock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { renderMatchers } from '../rules/promql.ts';
import type { AlertWanted, Answer, FiringAlert, MetricSource } from './metric-source.ts';
import { type PrometheusServer, readCredentials } from './prometheus-ask.ts';
import { askServer, type Failure, type Reply } from './prometheus-http.ts';

export interface AlertmanagerOptions extends PrometheusServer {
  /** An answer is as good for so long: whoever asks more often gets it again. */
  readonly intervalMs: number;
  readonly clock?: Clock;
}

export type Alerts = Result<readonly FiringAlert[], Failure>;

interface Known {
  readonly names: string;
  readonly askedAtMs: number;
  readonly atMs: number;
  readonly alerts: Alerts;
}

export function alertmanagerSource(options: AlertmanagerOptions): MetricSource {
  const { name, intervalMs, clock = systemClock } = options;
  let known: Known | null = null;
  const look = async (wanted: readonly AlertWanted[]): Promise<Known> => {
    const names = [...new Set(wanted.map(({ alertname }) => alertname))].sort();
    const key = JSON.stringify(names);
    const askedAtMs = clock.monotonicMs();
    if (known?.names === key && known.alerts.ok && askedAtMs - known.askedAtMs < intervalMs) return known;
    const alerts = await ask(options, names);
    known = { names: key, askedAtMs, atMs: clock.wallMs(), alerts };
    return known;
  };
  return {
    name,
    intervalMs,
    read: async ({ alerts: wanted = [] }): Promise<Answer> => {
      if (wanted.length === 0) return { kind: 'series', source: name, receivedAtMs: clock.wallMs(), series: [] };
      const { alerts, atMs } = await look(wanted);
      const common = { source: name, receivedAtMs: atMs };
      if (!alerts.ok) return { kind: 'failed', ...common, ...alerts.error };
      const told = wanted.map((each) => [each.id, alerts.value.filter(({ labels }) => isMeant(each, labels))] as const);
      return { kind: 'series', ...common, series: [], alerts: Object.fromEntries(told) };
    },
  };
}

const isMeant = ({ alertname, labels }: AlertWanted, found: FiringAlert['labels']): boolean =>
  found['alertname'] === alertname && Object.entries(labels).every(([label, value]) => found[label] === value);

/** More names than these make an address too long; then everything that fires is asked for. */
const mostNames = 10;

const ask = (options: AlertmanagerOptions, names: readonly string[]): Promise<Alerts> =>
  firingAlerts(options, names.length <= mostNames ? [renderMatchers({ alertname: names })] : []);

/** What fires now and is neither silenced nor inhibited. `filters`: matchers that it must fit all. Never rejects. */
export async function firingAlerts(options: PrometheusServer, filters: readonly string[]): Promise<Alerts> {
  const credentials = await readCredentials(options);
  if (!credentials.ok) return credentials;
  const query = new URLSearchParams({ active: 'true', silenced: 'false', inhibited: 'false', unprocessed: 'false' });
  for (const filter of filters) query.append('filter', filter);
  const wanted = { path: `/api/v2/alerts?${query.toString()}`, form: null };
  const reply = await askServer(options, wanted, credentials.value);
  return reply.ok ? parseAlerts(reply.value, options.name) : reply;
}

const alertList = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    startsAt: z.string(),
    status: z.object({ state: z.string() }),
  }),
);

function parseAlerts({ status, body }: Reply, place: string): Alerts {
  if (status !== 200) {
    const reason = status >= 500 || status === 429 ? 'Unreachable' : 'Malformed';
    return failed({ reason, message: `${place} answered ${status}: ${body.replace(/\s+/g, ' ').slice(0, 200)}` });
  }
  const parsed = alertList.safeParse(jsonOf(body));
  if (!parsed.success)
    return failed({ reason: 'Malformed', message: `${place} answered no list of alerts; is it an Alertmanager?` });
  const active = parsed.data.filter(({ status: { state } }) => state === 'active');
  return ok(
    active.map(({ labels, startsAt }) => {
      const sinceMs = Date.parse(startsAt);
      return { labels, sinceMs: Number.isFinite(sinceMs) ? sinceMs : null };
    }),
  );
}

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
};
