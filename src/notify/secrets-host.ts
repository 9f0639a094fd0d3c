/** All secrets that a target needs, read when something is sent. */
import { failed, ok, type Result } from '../lib/result.ts';
import { placeOf, readSecret } from '../lib/secret/read-secret.ts';
import type { SecretRef } from '../lib/secret/secret-ref.ts';
import type { SecretTexts } from './channel-of.ts';

export type SecretRefs = Readonly<Record<string, SecretRef | undefined>>;

/** By name, or the first that is not there. */
export async function readSecrets(refs: SecretRefs): Promise<Result<SecretTexts, string>> {
  const texts: Record<string, string> = {};
  for (const [name, ref] of Object.entries(refs)) {
    if (ref === undefined) continue;
    const text = await readSecret(ref);
    if (!text.ok) return failed(`its ${name} is missing: ${text.error}`);
    const url = name === 'url' && URL.canParse(text.value) ? new URL(text.value).protocol : null;
    if (name === 'url' && url !== 'https:' && url !== 'http:')
      return failed(`its url is no http or https address: look at ${placeOf(ref)}`);
    texts[name] = text.value;
  }
  return ok(texts);
}
