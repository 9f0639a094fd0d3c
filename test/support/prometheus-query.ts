/** Questions of a test to a real Prometheus. */

interface Matrix {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
}

export interface Since {
  readonly fromMs: number;
}

/** Whether the query gave a number at any second since then. Throws when Prometheus refuses it. */
export async function gaveData(url: string, query: string, { fromMs }: Since): Promise<boolean> {
  const span = { start: String(fromMs / 1000), end: String(Date.now() / 1000), step: '1' };
  const answer = await fetch(`${url}/api/v1/query_range?${new URLSearchParams({ query, ...span }).toString()}`);
  const { data, error } = (await answer.json()) as Matrix;
  if (data === undefined) throw new Error(`${query}: ${error ?? answer.status}`);
  return data.result.some(({ values }) => values.some(([, value]) => value !== 'NaN'));
}

/** Whether it has ever scraped this metric. */
export const knows = (url: string, metric: string): Promise<boolean> =>
  gaveData(url, metric, { fromMs: Date.now() - 10_000 });
