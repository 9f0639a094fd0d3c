/** Which alerts a Prometheus has rules for, whether they fire or not. */
import { z } from 'zod';
import { failed, ok, type Result } from '../lib/result.ts';
import { type PrometheusServer, readCredentials } from './prometheus-ask.ts';
import { askServer, type Failure } from './prometheus-http.ts';

const rules = z.object({
  status: z.literal('success'),
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string() })) })) }),
});

/** null: this server does not tell, as those that only store. */
export async function alertRuleNames(server: PrometheusServer): Promise<Result<readonly string[] | null, Failure>> {
  const credentials = await readCredentials(server);
  if (!credentials.ok) return credentials;
  const reply = await askServer(server, { path: '/api/v1/rules?type=alert', form: null }, credentials.value);
  if (!reply.ok) return reply;
  const { status, body } = reply.value;
  if (status >= 500) return failed({ reason: 'Unreachable', message: `${server.name} answered ${status}` });
  if (status !== 200) return ok(null);
  const parsed = rules.safeParse(jsonOf(body));
  if (!parsed.success) return ok(null);
  return ok([...new Set(parsed.data.data.groups.flatMap((group) => group.rules.map(({ name }) => name)))]);
}

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
};
