/** Secrets that are told from everything else and from each other, wherever they turn up. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PlantedSecrets {
  /** Always the same for one name. */
  text(name: string): string;
  /** In a file of its own; `around`: what stands there with it. */
  file(name: string, around?: (text: string) => string): { readonly file: string };
  /** Names of those that stand in a text: as they are, in a URL, or in base64 at any place. */
  foundIn(text: string): readonly string[];
}

/** `others`: that stand elsewhere already, by their names. */
export function plantSecrets(folder: string, others: Readonly<Record<string, string>>): PlantedSecrets {
  const run = randomBytes(6).toString('hex');
  const names = new Set<string>();
  const text = (name: string): string => {
    names.add(name);
    return `planted-${name}-${run}`;
  };
  return {
    text,
    file: (name, around = (own) => own) => {
      const path = join(folder, `${name}.secret`);
      writeFileSync(path, `${around(text(name))}\n`, { mode: 0o600 });
      return { file: path };
    },
    foundIn: (said) => {
      const own = [...names].map((name) => [name, text(name)] as const);
      return [...own, ...Object.entries(others)].flatMap(([name, secret]) =>
        formsOf(secret).some((form) => said.includes(form)) ? [name] : [],
      );
    },
  };
}

const formsOf = (secret: string): readonly string[] => [secret, ...[0, 1, 2].map((shift) => inBase64(secret, shift))];

/** What of it does not depend on what stands before and behind it. */
const inBase64 = (secret: string, shift: number): string => {
  const lead = [0, 2, 3][shift] ?? 0;
  return Buffer.from(`${' '.repeat(shift)}${secret}`)
    .toString('base64')
    .replace(/=+$/, '')
    .slice(lead, -2);
};
