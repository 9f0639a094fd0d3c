/** Where a secret stands; it is read when something is sent, and never kept, shown or logged. */
export type SecretRef =
  /** Absolute. */
  { readonly from: 'file'; readonly path: string } | { readonly from: 'env'; readonly name: string };

/** Names of the environment's variables that are secrets by what a policy says, wherever it says so. */
export function variablesIn(words: unknown): readonly string[] {
  if (typeof words !== 'object' || words === null) return [];
  const own = 'from' in words && words.from === 'env' && 'name' in words ? [String(words.name)] : [];
  return [...own, ...Object.values(words).flatMap(variablesIn)];
}
