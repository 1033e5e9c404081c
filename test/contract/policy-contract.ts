import { describe, expect, it } from 'vitest';
import type { Policy } from '../../policy/policy.js';
import { Random } from '../../policy/random.js';

const STEPS = 100;

/** Bits, so that 0 and -0 differ and NaN equals itself. */
function bits(actions: readonly Float32Array[]): number[][] {
  return actions.map((action) => [...new Uint32Array(Float32Array.from(action).buffer)]);
}

/** Observations as the robot gives them, within [-5, 5]; a sequence that belongs to `seed`. */
function observations(size: number, seed: number, count = STEPS): Float32Array[] {
  const random = new Random(seed, 99);
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: size }, () => random.uniform(-5, 5)),
  );
}

async function actionsOf(policy: Policy, sequence: readonly Float32Array[]): Promise<Float32Array[]> {
  const actions: Float32Array[] = [];
  for (const observation of sequence) {
    // What a policy does not write stays NaN.
    const action = new Float32Array(policy.actionSize).fill(NaN);
    await policy.act(observation, action);
    actions.push(action);
  }
  return actions;
}

/** What every {@link Policy} keeps to. `create` gives a new policy each time, all of them alike. */
export function policyContract(
  name: string,
  create: () => Policy | Promise<Policy>,
  { drawsFromSeed }: { readonly drawsFromSeed: boolean },
): void {
  describe(`${name}, as a Policy`, () => {
    it('tells how long its observations and actions are', async () => {
      const policy = await create();
      for (const size of [policy.observationSize, policy.actionSize]) {
        expect(Number.isInteger(size)).toBe(true);
        expect(size).toBeGreaterThan(0);
      }
    });

    it('answers every observation with a whole action of finite numbers in [-1, 1]', async () => {
      const policy = await create();
      for (let seed = 1; seed <= 5; seed++) {
        policy.reset(seed);
        const actions = await actionsOf(policy, observations(policy.observationSize, seed));
        for (const action of actions) {
          expect(
            action.every((a) => Number.isFinite(a) && a >= -1 && a <= 1),
            `action ${String(action)}`,
          ).toBe(true);
        }
      }
    });

    it('acts upon what it observes', async () => {
      const policy = await create();
      const [first, second] = observations(policy.observationSize, 1, 2);
      policy.reset(1);
      const one = await actionsOf(policy, [first!]);
      policy.reset(1);
      const other = await actionsOf(policy, [second!]);
      expect(bits(one)).not.toEqual(bits(other));
    });

    it('acts the same, bit for bit, in every life that begins from the same seed', async () => {
      const [policy, twin] = [await create(), await create()];
      const sequence = observations(policy.observationSize, 2);
      policy.reset(7);
      const expected = bits(await actionsOf(policy, sequence));

      policy.reset(8);
      const otherLife = bits(await actionsOf(policy, observations(policy.observationSize, 3)));
      policy.reset(7);
      expect(bits(await actionsOf(policy, sequence))).toEqual(expected);
      twin.reset(7);
      expect(bits(await actionsOf(twin, sequence))).toEqual(expected);
      expect(otherLife).not.toEqual(expected);
    });

    if (drawsFromSeed) {
      it('acts otherwise in a life from another seed', async () => {
        const policy = await create();
        const sequence = observations(policy.observationSize, 2);
        policy.reset(7);
        const one = bits(await actionsOf(policy, sequence));
        policy.reset(8);
        expect(bits(await actionsOf(policy, sequence))).not.toEqual(one);
      });
    }

    it('does not write the observation', async () => {
      const policy = await create();
      const sequence = observations(policy.observationSize, 4);
      const copies = sequence.map((observation) => Float32Array.from(observation));
      policy.reset(1);
      await actionsOf(policy, sequence);
      expect(bits(sequence)).toEqual(bits(copies));
    });

    it('keeps no hold of the observation: it may be written again as soon as act has returned', async () => {
      const policy = await create();
      const sequence = observations(policy.observationSize, 5);
      policy.reset(1);
      const expected = bits(await actionsOf(policy, sequence));

      policy.reset(1);
      const shared = new Float32Array(policy.observationSize);
      const actions: Float32Array[] = [];
      for (const observation of sequence) {
        shared.set(observation);
        const action = new Float32Array(policy.actionSize);
        const answered = policy.act(shared, action);
        shared.fill(3);
        await answered;
        actions.push(action);
      }
      expect(bits(actions)).toEqual(expected);
    });

    it.each([NaN, Infinity, -Infinity])(
      'survives an observation of %s, and begins its next life as if it had never seen it',
      async (value) => {
        const policy = await create();
        const sequence = observations(policy.observationSize, 6);
        policy.reset(1);
        const expected = bits(await actionsOf(policy, sequence));

        for (const place of [0, policy.observationSize - 1]) {
          const bad = Float32Array.from(sequence[0]!);
          bad[place] = value;
          const actions = await actionsOf(policy, [bad, ...sequence.slice(0, 5)]);
          // Either no number, which the control loop looks for, or a lawful action.
          for (const a of actions.flatMap((action) => [...action])) {
            if (!Number.isNaN(a)) expect(Math.abs(a)).toBeLessThanOrEqual(1);
          }
        }
        policy.reset(1);
        expect(bits(await actionsOf(policy, sequence))).toEqual(expected);
      },
    );
  });
}
