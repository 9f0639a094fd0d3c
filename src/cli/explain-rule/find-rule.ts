/** The rule that somebody means by its name. */
import { didYouMean } from '../../lib/nearest.ts';
import { failed, ok, type Result } from '../../lib/result.ts';

export const findRule = <T extends { readonly name: string }>(rules: readonly T[], name: string): Result<T, string> => {
  const found = rules.find((rule) => rule.name === name);
  if (found !== undefined) return ok(found);
  const names = rules.map((rule) => rule.name);
  return failed(`there is no rule ${JSON.stringify(name)}; there are ${names.join(', ')}${didYouMean(name, names)}`);
};
