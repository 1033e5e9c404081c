import { log } from './math.js';

/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna 2018), its state filled by splitmix32.
 * The same seed gives the same bits everywhere. A seed is any sequence of integers: `new Random(seed, life)`.
 */
export class Random {
  private s0 = 0;
  private s1 = 0;
  private s2 = 0;
  private s3 = 0;
  private spare = 0;
  private hasSpare = false;

  constructor(...seed: readonly number[]) {
    this.seed(...seed);
  }

  /** Start the sequence that belongs to `seed` again. */
  seed(...seed: readonly number[]): void {
    const mixed = mixSeed(...seed);
    this.s0 = splitmix(mixed, 1);
    this.s1 = splitmix(mixed, 2);
    this.s2 = splitmix(mixed, 3);
    this.s3 = splitmix(mixed, 4) | 1;
    this.hasSpare = false;
  }

  /** 32 random bits as an unsigned integer. */
  uint32(): number {
    const scrambled = Math.imul(this.s1, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const t = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= t;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() / 4294967296);
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (this.hasSpare) {
      this.hasSpare = false;
      return this.spare;
    }
    let u = 0;
    let v = 0;
    let s = 0;
    do {
      u = this.uint32() / 2147483648 - 1;
      v = this.uint32() / 2147483648 - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const scale = Math.sqrt((-2 * log(s)) / s);
    this.spare = v * scale;
    this.hasSpare = true;
    return u * scale;
  }

  /** Fill `out` with standard normals. */
  fillNormal(out: Float32Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.normal();
  }
}

/** One unsigned 32-bit seed from several integers; order matters. */
export function mixSeed(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = splitmix(hash ^ (part >>> 0), 0x85ebca6b);
    hash = splitmix(hash ^ Math.floor(part / 4294967296), 0xc2b2ae35);
  }
  return hash >>> 0;
}

function splitmix(state: number, step: number): number {
  let z = (state + Math.imul(step, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
