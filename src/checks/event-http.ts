/** The release as a CloudEvent 1.0, and its signature as Standard Webhooks have it. */
import { failed, ok, type Result } from '../lib/result.ts';
import { webhookHeaders } from '../lib/webhook-signature.ts';
import type { HttpAskSpec, KeyRef } from '../release/check-spec.ts';
import type { Question } from './checks.ts';

export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  /** null: nothing is sent. */
  readonly body: string | null;
}

/** Reads a key where it stands; fails with a sentence. */
export type ReadKey = (ref: KeyRef) => Promise<Result<string, string>>;

/** Read anew for each question: keys are renewed while we run. Fails with a sentence. */
export async function eventPost(
  spec: HttpAskSpec,
  question: Question,
  readKey: ReadKey,
): Promise<Result<Post, string>> {
  if (spec.event === 'none') return ok({ headers: {}, body: null });
  const unsigned = postOf(spec.event, question);
  if (spec.key === null) return ok(unsigned);
  const key = await readKey(spec.key);
  if (!key.ok) return failed(`the key can't be read: ${key.error}`);
  const signed = webhookHeaders({ id: question.id, atMs: Date.now(), body: unsigned.body, key: key.value });
  return ok({ ...unsigned, headers: { ...unsigned.headers, ...signed } });
}

function postOf(event: 'structured' | 'binary', question: Question): Post & { readonly body: string } {
  const head = {
    specversion: '1.0',
    // The same for every try of one question: who gets it twice does it once.
    id: question.id,
    source: `/sluice/policies/${encodeURIComponent(question.policy)}`,
    type: `dev.sluice.check.${question.stage}`,
    subject: question.release,
    time: new Date().toISOString(),
  };
  const { canary: _canary, id: _id, stable: _stable, ...data } = question;
  if (event === 'structured')
    return {
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', 'idempotency-key': question.id },
      body: JSON.stringify({ ...head, datacontenttype: 'application/json', data }),
    };
  const attributes = Object.entries(head).map(([name, value]) => [`ce-${name}`, encodeURI(value)] as const);
  return {
    headers: { ...Object.fromEntries(attributes), 'content-type': 'application/json', 'idempotency-key': question.id },
    body: JSON.stringify(data),
  };
}
