/** Secrets never leave by a message: wherever one stands in a text, it is masked. */

const mask = '***';

/** As it is, in a URL, in base64, and the path of a secret address. */
const formsOf = (secret: string): readonly string[] => {
  const url = URL.canParse(secret) ? new URL(secret) : null;
  const path = url === null ? '' : `${url.pathname}${url.search}`;
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, encodeURIComponent(secret), base64, ...(path.length > 1 ? [path] : [])];
};

const formsOfAll = (secrets: readonly string[]): readonly string[] =>
  secrets
    .filter((secret) => secret !== '')
    .flatMap(formsOf)
    .toSorted((a, b) => b.length - a.length);

/** In a text that is whole. */
export const masked = (text: string, secrets: readonly string[]): string =>
  formsOfAll(secrets).reduce((said, form) => said.replaceAll(form, mask), text);

/** The same in a text that was cut, maybe in the middle of a secret. */
export const maskedCut = (text: string, secrets: readonly string[]): string => {
  const whole = masked(text, secrets);
  const cut = Math.max(0, ...formsOfAll(secrets).map((form) => cutAtEnd(whole, form)));
  return cut === 0 ? whole : `${whole.slice(0, -cut)}${mask}`;
};

/** Letters of it that still tell something. */
const fewLetters = 4;

/** How many letters at its end are the beginning of a secret. */
const cutAtEnd = (text: string, secret: string): number => {
  for (let length = Math.min(secret.length - 1, text.length); length >= fewLetters; length -= 1)
    if (text.endsWith(secret.slice(0, length))) return length;
  return 0;
};

/** Shorter words are no secrets, and may stand in any text. */
const leastLetters = 8;

/** Secrets in headers that people wrote, by their names: whole values, and the words of them, such as what follows `Bearer`. */
export const secretsInHeaders = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(headers)
    .filter(([name]) => isOfSecret.test(name))
    .flatMap(([, value]) => [value, ...value.split(/\s+/)])
    .filter((word) => word.length >= leastLetters);

const isOfSecret = /auth|token|key|secret|cookie|password|session/i;
