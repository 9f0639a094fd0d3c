/** Secrets never leave by a message: wherever one stands in a text, it is masked. */
import type { SecretTexts } from './channel-of.ts';

const mask = '***';

/** Also the path of a secret address, and what it looks like in a URL. */
const formsOf = (secret: string): readonly string[] => {
  const url = URL.canParse(secret) ? new URL(secret) : null;
  const path = url === null ? '' : `${url.pathname}${url.search}`;
  return [secret, encodeURIComponent(secret), ...(path.length > 1 ? [path] : [])];
};

export const masked = (text: string, secrets: SecretTexts): string =>
  Object.values(secrets)
    .filter((secret) => secret !== '')
    .flatMap(formsOf)
    .toSorted((a, b) => b.length - a.length)
    .reduce((said, secret) => said.replaceAll(secret, mask), text);

/** Stands for each of these secrets where nothing is sent. */
export const standIns = (names: readonly string[]): SecretTexts =>
  Object.fromEntries(names.map((name) => [name, name === 'url' ? `https://${mask}/` : mask]));
