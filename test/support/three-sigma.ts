/** A share of thrown dice against the weight that was to throw them. */
import { expect } from 'vitest';

/**
 * Within three standard deviations of the weight, in percent, and nobody else answered. One honest draw in 370 lies outside, so what lies
 * outside is drawn once more: two in a row are no chance.
 */
export async function expectThreeSigma(
  draw: (count: number) => Promise<readonly string[]>,
  { percent, count }: { readonly percent: number; readonly count: number },
): Promise<void> {
  const share = percent / 100;
  const furthest = 3 * Math.sqrt(count * share * (1 - share));
  const off = async (): Promise<number> => {
    const answers = await draw(count);
    const canaries = answers.filter((answer) => answer === 'canary').length;
    expect(canaries + answers.filter((answer) => answer === 'stable').length).toBe(count);
    return Math.abs(canaries - count * share);
  };
  const first = await off();
  if (first > furthest) expect(await off(), `and ${first} off before`).toBeLessThanOrEqual(furthest);
}
