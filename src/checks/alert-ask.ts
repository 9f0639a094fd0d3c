/** Asks whether a critical alert of the service fires: an Alertmanager itself, and what its webhook told. */
import type { Result } from '../lib/result.ts';
import { moment, span } from '../verdict/words.ts';
import { isMeant, type KnownAlert, type Standing, settledAfterMs } from './alert-book.ts';
import type { Heard } from './checks.ts';

export interface AlertSources {
  /** null: no Alertmanager can be asked. */
  readonly list: (() => Promise<Result<readonly KnownAlert[], { readonly message: string }>>) | null;
  /** What its webhook told. */
  readonly told: () => readonly KnownAlert[];
  /** What its webhook's silence says. */
  readonly standing: () => Standing;
}

/** An Alertmanager that can't be asked says neither yes nor no. Never rejects. */
export async function askAlerts(
  labels: Readonly<Record<string, string>>,
  { list, standing, told }: AlertSources,
): Promise<Heard> {
  const begunMs = performance.now();
  const listed = list === null ? null : await list();
  const tookMs = listed === null ? null : performance.now() - begunMs;
  const firing = listed?.ok === true ? listed.value.filter((alert) => isMeant(labels, alert.labels)) : [];
  // The webhook may be late where the list is not: what can be asked is believed.
  const known = listed?.ok === true ? firing : told();
  if (known.length > 0) return { outcome: 'failed', message: firingText(known), tookMs };
  if (listed?.ok === false)
    return { outcome: 'pending', message: `whether an alert fires can't be told: ${listed.error.message}`, tookMs };
  if (listed === null) return fromWebhook(labels, standing());
  return { outcome: 'passed', message: `no alert fires with ${labelText(labels)}`, tookMs };
}

/** Who never says a word does not say that all is well. */
function fromWebhook(labels: Readonly<Record<string, string>>, standing: Standing): Heard {
  switch (standing.kind) {
    case 'silent':
      return unknown(
        'no Alertmanager has told anything since this controller began, or for 5h; let one that always fires be told, too',
      );
    case 'new':
      return unknown(
        `an Alertmanager began to tell at ${moment(standing.sinceMs)}; what fired before is told again within ${span(settledAfterMs)} (repeat_interval: 5m)`,
      );
    case 'cut':
      return unknown(
        `at ${moment(standing.atMs)} an Alertmanager left alerts out, or told more than is taken: raise max_alerts, or tell fewer here; it counts again after ${span(settledAfterMs)} without that`,
      );
    case 'settled': {
      const message = `no alert fires with ${labelText(labels)}, by what was told last at ${moment(standing.heardAtMs)}`;
      return { outcome: 'passed', message, tookMs: null };
    }
  }
}

const unknown = (why: string): Heard => ({
  outcome: 'pending',
  message: `whether an alert fires is not known: ${why}`,
  tookMs: null,
});

function firingText(known: readonly KnownAlert[]): string {
  const names = known.slice(0, 3).map(({ labels, sinceMs }) => {
    const name = labels['alertname'] ?? labelText(labels);
    return sinceMs === null ? name : `${name} since ${moment(sinceMs)}`;
  });
  const more = known.length > names.length ? ` and ${known.length - names.length} more` : '';
  return `${names.join(', ')}${more} ${known.length === 1 ? 'fires' : 'fire'}`;
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ');
