import type { RuleBundle } from '../../policy/bundle/rule-bundle.js';
import type { JsonRecord } from '../../policy/bundle/bundle-metadata.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { RAPIER } from '../rapier.js';
import type { BestCenter } from './checkpoint.js';
import { networkDescription, trainingLabel, type EvolutionSettings } from './evolution-settings.js';
import { Genome } from './genome.js';

/** The rules of a center, with everything that tells where they come from. For the Ant only. */
export function evolvedBundle(settings: EvolutionSettings, best: BestCenter, version: string): RuleBundle {
  const genome = new Genome(networkDescription(settings), settings.mirror);
  genome.unfold(best.center);
  const { coefficients, initialWeights } = genome;
  const { rule, layerSizes, bounding, initialWeights: initial, actionSmoothing, ...evolution } = settings;
  return {
    network: { layerSizes, rule, bounding, initialWeights: initial, actionSmoothing },
    ...(coefficients.length > 0 && { coefficients }),
    ...(initialWeights.length > 0 && { initialWeights }),
    contract: ANT_CONTRACT,
    provenance: {
      hebbridge: version,
      simulator: { name: 'Rapier Ant', version: RAPIER.version(), solver: { ...settings.solver } },
      morphologies: settings.morphologies.map(trainingLabel),
      evolution: JSON.parse(JSON.stringify(evolution)) as JsonRecord,
      seed: settings.seed,
      generations: best.generation,
      fitness: best.score,
      evaluation: {
        ...(best.steps === undefined ? {} : { controlSteps: best.steps }),
        validation: Object.fromEntries(
          settings.morphologies.map((trained, m) => [trainingLabel(trained), best.means[m]!]),
        ),
        validationRollouts: settings.validationRollouts,
      },
      mirrorTied: settings.mirror,
    },
  };
}
