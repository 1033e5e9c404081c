import { decodeBundle, networkFromBundle } from '../../policy/bundle/rule-bundle.js';
import { AntEnvironment } from '../ant/ant-environment.js';
import { parseMorphologySource } from '../ant/morphology.js';
import { Rollout } from './rollout.js';

/** One life of a bundle's rules. */
export interface LifeTask {
  /** As `parseMorphologySource` reads it. */
  readonly morphology: string;
  readonly seed: number;
  readonly horizon: number;
  /** Hold the weights from this step on; 0 means no plasticity at all. */
  readonly freezeAt?: number;
}

/** What became of it. */
export interface LifeReport {
  /** In units: sum of progress in m / control period. */
  readonly distance: number;
  readonly steps: number;
  /** Share of outputs beyond +-0.95. */
  readonly saturated: number;
  /** Mean absolute change of an output from step to step. */
  readonly actionChange: number;
  /** Root mean square of all weights at birth, after 100 steps and at the end. */
  readonly weightRms: { readonly step0: number; readonly step100: number; readonly end: number };
}

/** The work of one evaluation worker; `loadRapier()` must have resolved. */
export function bundleWork(bytes: Uint8Array): (task: LifeTask) => LifeReport {
  const network = networkFromBundle(decodeBundle(bytes, 'the bundle to evaluate'));
  return ({ morphology: text, seed, horizon, freezeAt }) => {
    const morphology = parseMorphologySource(text);
    if (morphology === undefined) throw new Error(`unchecked morphology ${text}`);
    const environment = new AntEnvironment({ morphology, horizon });
    try {
      let step0 = 0;
      let step100 = 0;
      const life = new Rollout(network, environment).run(seed, {
        horizon,
        ...(freezeAt !== undefined && { freezeAt }),
        onStep: (step) => {
          if (step === 0) step0 = network.weightRms();
          if (step === 100) step100 = network.weightRms();
        },
      });
      const end = network.weightRms();
      if (life.steps < 100) step100 = end;
      const { distance, steps, saturated, actionChange } = life;
      return { distance, steps, saturated, actionChange, weightRms: { step0, step100, end } };
    } finally {
      environment.dispose();
    }
  };
}
