import type { RuleBundle } from '../../policy/bundle/rule-bundle.js';
import type { JsonRecord } from '../../policy/bundle/bundle-metadata.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { RAPIER } from '../rapier.js';
import type { BestCenter, Checkpoint } from './checkpoint.js';
import { networkDescription, trainingLabel, type EvolutionSettings } from './evolution-settings.js';
import { Genome } from './genome.js';

/**
 * The rules of a center, with everything that tells where they come from: what the run that they began with was evolved
 * on was seen as well. For the Ant only.
 *
 * @param run where it stands when the bundle is written
 */
export function evolvedBundle(
  settings: EvolutionSettings,
  best: BestCenter,
  version: string,
  { stepsTotal, ancestry, programs }: Partial<Pick<Checkpoint, 'stepsTotal' | 'ancestry' | 'programs'>> = {},
): RuleBundle {
  const genome = new Genome(networkDescription(settings), settings.mirror);
  genome.unfold(best.center);
  const { coefficients, initialWeights } = genome;
  const { rule, layerSizes, bounding, initialWeights: initial, actionSmoothing, from, ...rest } = settings;
  const evolution = {
    ...rest,
    ...(from && { from: { ...from, ...ancestry } }),
    // With one, the settings and the seed repeat the run.
    ...(programs && programs.length > 1 && { programs }),
  };
  const labels = settings.morphologies.map(trainingLabel);
  return {
    network: { layerSizes, rule, bounding, initialWeights: initial, actionSmoothing },
    ...(coefficients.length > 0 && { coefficients }),
    ...(initialWeights.length > 0 && { initialWeights }),
    contract: ANT_CONTRACT,
    provenance: {
      hebbridge: version,
      simulator: { name: 'Rapier Ant', version: RAPIER.version(), solver: { ...settings.solver } },
      morphologies: [...new Set([...(ancestry?.morphologies ?? []), ...labels])],
      evolution: JSON.parse(JSON.stringify(evolution)) as JsonRecord,
      seed: settings.seed,
      generations: best.generation,
      fitness: best.score,
      evaluation: {
        ...(best.steps === undefined ? {} : { controlSteps: best.steps }),
        ...(stepsTotal === undefined ? {} : { controlStepsTotal: stepsTotal }),
        validation: Object.fromEntries(labels.map((label, m) => [label, best.means[m]!])),
        validationRollouts: settings.validationRollouts,
      },
      mirrorTied: settings.mirror,
    },
  };
}
