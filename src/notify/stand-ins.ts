/** What is shown of a target's secrets where nothing is sent. */
import type { SecretTexts } from './channel-of.ts';

const mask = '***';

/** Stands for each of these. */
export const standIns = (names: readonly string[]): SecretTexts =>
  Object.fromEntries(names.map((name) => [name, name === 'url' ? `https://${mask}/` : mask]));
