/** Secrets never leave by a message: wherever one stands in a text, it is masked. */
import type { SecretTexts } from './channel-of.ts';

const mask = '***';

/** Also the path of a secret address, and what it looks like in a URL. */
const formsOf = (secret: string): readonly string[] => {
  const url = URL.canParse(secret) ? new URL(secret) : null;
  const path = url === null ? '' : `${url.pathname}${url.search}`;
  return [secret, encodeURIComponent(secret), ...(path.length > 1 ? [path] : [])];
};

export const masked = (text: string, secrets: SecretTexts): string => {
  const forms = Object.values(secrets)
    .filter((secret) => secret !== '')
    .flatMap(formsOf)
    .toSorted((a, b) => b.length - a.length);
  const whole = forms.reduce((said, form) => said.replaceAll(form, mask), text);
  const cut = Math.max(0, ...forms.map((form) => cutAtEnd(whole, form)));
  return cut === 0 ? whole : `${whole.slice(0, -cut)}${mask}`;
};

/** Letters of it that still tell something. */
const fewLetters = 4;

/** An answer is cut before it is masked: how many letters at its end are the beginning of a secret. */
const cutAtEnd = (text: string, secret: string): number => {
  for (let length = Math.min(secret.length - 1, text.length); length >= fewLetters; length -= 1)
    if (text.endsWith(secret.slice(0, length))) return length;
  return 0;
};

/** Stands for each of these secrets where nothing is sent. */
export const standIns = (names: readonly string[]): SecretTexts =>
  Object.fromEntries(names.map((name) => [name, name === 'url' ? `https://${mask}/` : mask]));
