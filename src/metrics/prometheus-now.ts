/** What a Prometheus makes of one expression now. */
import type { Result } from '../lib/result.ts';
import { parseQueryReply } from './prometheus-answer.ts';
import { askPrometheus, type PrometheusServer, readCredentials } from './prometheus-ask.ts';
import type { Failure } from './prometheus-http.ts';
import type { Series } from './series.ts';

/** One sample a series. Never rejects; ends early with the signal. */
export async function askNow(
  server: PrometheusServer,
  promql: string,
  signal: AbortSignal,
): Promise<Result<readonly Series[], Failure>> {
  const credentials = await readCredentials(server);
  if (!credentials.ok) return credentials;
  const reply = await askPrometheus(server, { path: 'query', form: { query: promql }, signal }, credentials.value);
  return reply.ok ? parseQueryReply(reply.value, server.name) : reply;
}
