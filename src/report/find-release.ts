/** Which release somebody means by an id, the beginning of one, or a policy's name (its newest). */
import { didYouMean } from '../lib/nearest.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';

/** `releases` newest first. An exact id wins over a policy's name, and that over a beginning. */
export const findRelease = (name: string, releases: readonly Release[]): Result<Release> => {
  const exact = releases.find(({ id }) => id === name) ?? releases.find(({ policy }) => policy === name);
  if (exact !== undefined) return ok(exact);
  const begun = name === '' ? [] : releases.filter(({ id }) => id.startsWith(name));
  const [only, second] = begun;
  if (only === undefined) return failed(notFound(name, releases));
  return second === undefined ? ok(only) : failed(ambiguous(name, begun));
};

const notFound = (name: string, releases: readonly Release[]) => {
  const known = [...new Set(releases.flatMap(({ id, policy }) => [policy, id]))];
  const hint = known.length === 0 ? '; there is none yet' : didYouMean(name, known);
  return { reason: 'NotFound', message: `no release or policy "${name}"${hint}`, retryable: false };
};

const shown = 5;

const ambiguous = (name: string, begun: readonly Release[]) => {
  const ids = begun.slice(0, shown).map(({ id }) => id);
  const more = begun.length > shown ? ` and ${begun.length - shown} more` : '';
  return {
    reason: 'Ambiguous',
    message: `"${name}" begins ${begun.length} releases: ${ids.join(', ')}${more}; write more of it`,
    retryable: false,
  };
};
