/** Secrets of targets, read from files or the environment when something is sent: they may be renewed while we run. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { SecretRef } from '../release/notify-target.ts';
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

const placeOf = (ref: SecretRef): string =>
  ref.from === 'env' ? `the environment variable ${ref.name}` : `the file ${ref.path}`;

async function readSecret(ref: SecretRef): Promise<Result<string, string>> {
  if (ref.from === 'env') {
    const text = process.env[ref.name]?.trim() ?? '';
    return text === '' ? failed(`${placeOf(ref)} is not set`) : ok(text);
  }
  try {
    const text = (await readFile(ref.path, 'utf8')).trim();
    return text === '' ? failed(`${placeOf(ref)} is empty`) : ok(text);
  } catch (error) {
    return failed(messageOf(error));
  }
}
