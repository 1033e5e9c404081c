import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HebbianNetwork, type EngineName } from '../../policy/hebbian-network.js';
import { synapseCount, synapseIndex, weightIndex } from '../../policy/network-buffers.js';
import { PLASTICITY_RULES, type RuleName } from '../../policy/plasticity-rule.js';

interface GoldenCase {
  rule: RuleName;
  columns: string[];
  sizes: number[];
  steps: number;
  amplitude: number;
  normalise: boolean;
  actions: number[][];
  action_steps?: number[];
  final_weights?: number[][][];
  final_weight_abs_sum?: number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../fixtures/hebbian-updates.json', import.meta.url), 'utf8'),
) as { cases: GoldenCase[] };

/** The formulas of the fixture's "inputs". */
function runCase(golden: GoldenCase, engine: EngineName) {
  const network = new HebbianNetwork(
    {
      layerSizes: golden.sizes,
      rule: golden.rule,
      bounding: golden.normalise ? { kind: 'largest', gain: 1 } : { kind: 'none' },
      initialWeights: { kind: 'carried' },
    },
    engine,
  );
  const synapses = synapseCount(golden.sizes);
  const columns = golden.columns.length;
  network.setCoefficients(
    Float32Array.from({ length: synapses * columns }, (_, n) => {
      const k = Math.floor(n / columns);
      const c = n % columns;
      return golden.amplitude * Math.sin(0.37 * k + 1.3 * c + 0.1);
    }),
  );
  network.setCarriedWeights(Float32Array.from({ length: synapses }, (_, k) => 0.1 * Math.sin(1.7 * k + 0.3)));
  network.reset(0);
  const actions: number[][] = [];
  const observation = new Float32Array(golden.sizes[0]!);
  const action = new Float32Array(golden.sizes.at(-1)!);
  for (let t = 0; t < golden.steps; t++) {
    for (let i = 0; i < observation.length; i++) observation[i] = Math.sin(0.1 * t + 0.7 * i);
    network.act(observation, action);
    if (!golden.action_steps || golden.action_steps.includes(t)) actions.push([...action]);
  }
  return { network, actions };
}

describe.each(['kernel', 'reference'] as const)("the authors' published updates, by the %s", (engine) => {
  it.each(
    cases.map(
      (golden) => [`${golden.rule}, normalise ${golden.normalise}, ${golden.steps} steps`, golden] as const,
    ),
  )('%s', (_, golden) => {
    const { network, actions } = runCase(golden, engine);
    expect(actions.length).toBe(golden.actions.length);
    actions.forEach((action, t) =>
      action.forEach((a, j) => expect(Math.abs(a - golden.actions[t]![j]!)).toBeLessThan(1e-5)),
    );
    golden.final_weights?.forEach((rows, l) => {
      const layer = network.layers[l]!;
      rows.forEach((row, post) =>
        row.forEach((w, pre) =>
          expect(Math.abs(layer.weights[weightIndex(layer, pre, post)]! - w)).toBeLessThan(1e-5),
        ),
      );
    });
    golden.final_weight_abs_sum?.forEach((sum, l) => {
      const ours = network.layers[l]!.weights.reduce((a, w) => a + Math.abs(w), 0);
      expect(Math.abs(ours - sum) / sum).toBeLessThan(1e-5);
    });
  });

  it('covers every rule of the family', () => {
    expect(new Set(cases.map((golden) => golden.rule))).toEqual(new Set(Object.keys(PLASTICITY_RULES)));
  });
});

describe('synapse order', () => {
  it('is layer by layer and pre-major', () => {
    const { network } = runCase(cases[0]!, 'reference');
    expect(synapseIndex(network.layers[0]!, 1, 0)).toBe(7);
    expect(synapseIndex(network.layers[1]!, 0, 0)).toBe(35);
  });
});
