/** Which release somebody means by an id, the beginning of one, or a policy's name (its newest). */
import { didYouMean } from '../lib/nearest.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Release } from '../release/release.ts';

/** `releases` newest first; `policies` that there are, also those that were never released. An exact id wins over a policy's name, and that over a beginning. */
export const findRelease = (
  name: string,
  releases: readonly Release[],
  policies: readonly string[] = [],
): Result<Release> => {
  const exact = releases.find(({ id }) => id === name) ?? releases.find(({ policy }) => policy === name);
  if (exact !== undefined) return ok(exact);
  const begun = name === '' ? [] : releases.filter(({ id }) => id.startsWith(name));
  const [only, second] = begun;
  if (only === undefined) return failed(notFound(name, releases, policies));
  return second === undefined ? ok(only) : failed(ambiguous(name, begun));
};

const notFound = (name: string, releases: readonly Release[], policies: readonly string[]) => ({
  reason: 'NotFound',
  message: policies.includes(name)
    ? `policy "${name}" has no release yet: begin one with \`sluice start ${name} --revision NAME\`, or in a cluster by changing its Deployment`
    : `no release or policy "${name}"${instead(name, releases, policies)}`,
  retryable: false,
});

const shown = 5;

/** The nearest name, else some that there are; and how to see all. */
const instead = (name: string, releases: readonly Release[], policies: readonly string[]): string => {
  const known = [...new Set([...policies, ...releases.map(({ policy }) => policy), ...releases.map(({ id }) => id)])];
  if (known.length === 0) return '; there is none yet';
  const more = known.length > shown ? ` and ${known.length - shown} more` : '';
  const there = didYouMean(name, known) || `; there is ${known.slice(0, shown).join(', ')}${more}`;
  return releases.length === 0 ? there : `${there}${there.endsWith('?') ? '' : ';'} \`sluice list\` shows them all`;
};

const ambiguous = (name: string, begun: readonly Release[]) => {
  const ids = begun.slice(0, shown).map(({ id }) => id);
  const more = begun.length > shown ? ` and ${begun.length - shown} more` : '';
  return {
    reason: 'Ambiguous',
    message: `"${name}" begins ${begun.length} releases: ${ids.join(', ')}${more}; write more of it`,
    retryable: false,
  };
};
