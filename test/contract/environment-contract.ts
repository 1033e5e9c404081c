import { describe, expect, it } from 'vitest';
import { Random } from '../../policy/random.js';
import type { Environment } from '../../sim/environment.js';

/** What every Environment keeps to. Episodes of `create()` should be short: at most 60 steps. */
export function environmentContract(name: string, create: () => Environment): void {
  describe(`${name} as an Environment`, () => {
    it('observes as many finite numbers as it says', () => {
      using(create(), (environment) => {
        environment.reset(1);
        expect(environment.observation).toHaveLength(environment.observationSize);
        expect(environment.observation.every(Number.isFinite)).toBe(true);
        expect(environment.controlPeriod).toBeGreaterThan(0);
      });
    });

    it('gives the same bits for the same seed and actions, in any life', () => {
      using(create(), (environment) => {
        const first = episode(environment, 5);
        episode(environment, 6);
        expect(episode(environment, 5)).toEqual(first);
      });
    });

    it('gives another life for another seed', () => {
      using(create(), (environment) => {
        expect(episode(environment, 5)).not.toEqual(episode(environment, 6));
      });
    });

    it('is truncated at its horizon', () => {
      using(create(), (environment) => {
        environment.reset(1);
        let steps = 0;
        let over = false;
        while (!over) {
          const { terminated, truncated } = environment.step(new Float32Array(environment.actionSize));
          over = terminated || truncated;
          expect(++steps).toBeLessThanOrEqual(60);
        }
      });
    });

    it('rewrites one observation in place', () => {
      using(create(), (environment) => {
        const { observation } = environment;
        environment.reset(1);
        environment.step(new Float32Array(environment.actionSize).fill(0.5));
        expect(environment.observation).toBe(observation);
      });
    });
  });
}

function using(environment: Environment, use: (environment: Environment) => void): void {
  try {
    use(environment);
  } finally {
    environment.dispose();
  }
}

function episode(environment: Environment, seed: number): number[] {
  const random = new Random(99);
  const action = new Float32Array(environment.actionSize);
  environment.reset(seed);
  const seen: number[] = [...environment.observation];
  for (let k = 0; k < 20; k++) {
    for (let j = 0; j < action.length; j++) action[j] = random.uniform(-1, 1);
    seen.push(environment.step(action).reward, ...environment.observation);
  }
  return seen;
}
