/** Secrets, read from files or the environment anew each time: they may be renewed while we run. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../message-of.ts';
import { failed, ok, type Result } from '../result.ts';
import type { SecretRef } from './secret-ref.ts';

/** What was in the environment. */
const taken = new Map<string, string>();

/** Takes these out of the environment, so that nothing that is started from now on finds them there; they are read as before. */
export function takeFromEnvironment(names: Iterable<string>): void {
  for (const name of names) {
    const text = process.env[name];
    if (text === undefined) continue;
    taken.set(name, text);
    Reflect.deleteProperty(process.env, name);
  }
}

/** For people. */
export const placeOf = (ref: SecretRef): string =>
  ref.from === 'env' ? `the environment variable ${ref.name}` : `the file ${ref.path}`;

/** Without white space at its ends. Fails with a sentence, also where it is empty. */
export async function readSecret(ref: SecretRef): Promise<Result<string, string>> {
  if (ref.from === 'env') {
    const text = (process.env[ref.name] ?? taken.get(ref.name) ?? '').trim();
    return text === '' ? failed(`${placeOf(ref)} is not set`) : ok(text);
  }
  try {
    const text = (await readFile(ref.path, 'utf8')).trim();
    return text === '' ? failed(`${placeOf(ref)} is empty`) : ok(text);
  } catch (error) {
    return failed(messageOf(error));
  }
}
