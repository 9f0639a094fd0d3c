/** How large a chance may be, given how often it came true: the upper end of the exact binomial interval. */

/** Clopper and Pearson: with so much confidence the chance is no larger. 1 where nothing was tried. */
export function upperBound(hits: number, trials: number, confidence = 0.95): number {
  if (trials <= 0 || hits >= trials) return 1;
  let [low, high] = [hits / trials, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(hits, trials, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** Chance of no more than so many hits, term by term from none on. */
function atMost(hits: number, trials: number, chance: number): number {
  let lnTerm = trials * Math.log1p(-chance);
  let sum = Math.exp(lnTerm);
  for (let k = 1; k <= hits; k++) {
    lnTerm += Math.log((trials - k + 1) / k) + Math.log(chance) - Math.log1p(-chance);
    sum += Math.exp(lnTerm);
  }
  return sum;
}
