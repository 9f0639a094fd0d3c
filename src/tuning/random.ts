/** Seeded random numbers: the same seed gives the same runs on every machine. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** xoshiro128++ (Blackman and Vigna), its state filled by splitmix32. */
export const seeded = (seed: number): Random => {
  let mix = seed | 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, d] = [split(), split(), split(), split()];
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  return {
    next: () => {
      const result = (rotate((a + d) | 0, 7) + a) >>> 0;
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = rotate(d, 11);
      return result / 4294967296;
    },
  };
};

/** Poisson: by inversion for small means, by transformed rejection (Hörmann 1993, PTRS) for large ones. */
export const poisson = (random: Random, mean: number): number =>
  mean < 30 ? inverted(random, mean) : rejected(random, mean);

const inverted = (random: Random, mean: number): number => {
  let p = Math.exp(-mean);
  let u = random.next();
  let k = 0;
  while (u > p && k < 1000) {
    u -= p;
    k += 1;
    p *= mean / k;
  }
  return k;
};

const rejected = (random: Random, mean: number): number => {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const accept = 1.1239 + 1.1328 / (b - 3.4);
  const quick = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.next() - 0.5;
    const v = random.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quick) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * accept) / (a / (us * us) + b)) <= k * Math.log(mean) - mean - lnFactorial(k)) return k;
  }
};

const small: number[] = [0];
for (let k = 1; k < 32; k++) small.push((small[k - 1] as number) + Math.log(k));

const lnFactorial = (k: number): number =>
  small[k] ?? (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * k) - 1 / (360 * k ** 3);
