import type { LoadedBundle } from '../../policy/bundle/rule-bundle.js';
import { HebbridgeError } from '../../policy/errors.js';
import { ancestryOf, type FindBundle } from './ancestry.js';
import type { Checkpoint } from './checkpoint.js';
import { networkDescription, type EvolutionSettings } from './evolution-settings.js';
import { Genome } from './genome.js';
import { startOpenEsAt } from './open-es.js';

const NOTHING = new Float32Array(0);

/**
 * The beginning of a run whose first center are the rules of `bundle`: it lives with new settings, and forgets the
 * optimizer's memory and the step sizes of the run that the rules come from. The control steps that they took to
 * evolve count, where they tell them: `ancestry.controlSteps` is null where they do not.
 *
 * @param find where rules may be that those of `bundle` began with in turn
 * @throws HebbridgeError ERR_SETTING where the rules are none that these settings could evolve, or have spent its budget
 */
export function beginFrom(
  settings: EvolutionSettings,
  bundle: LoadedBundle,
  source: string,
  find?: FindBundle,
): Checkpoint {
  const refuse = (what: string, own: unknown, wanted: unknown): never => {
    throw new HebbridgeError(
      'ERR_SETTING',
      `from: ${source} has ${what} ${JSON.stringify(own)}, the settings ${JSON.stringify(wanted)}; make them equal`,
    );
  };
  const wanted = networkDescription(settings);
  const own = bundle.network;
  if (own.rule !== wanted.rule) refuse('rule', own.rule, wanted.rule);
  if (own.layerSizes.join() !== wanted.layerSizes.join()) {
    refuse('layers', own.layerSizes, wanted.layerSizes);
  }
  const carried = (kind: string): string => (kind === 'carried' ? 'evolved' : 'drawn');
  const [ownWeights, wantedWeights] = [own, wanted].map(({ initialWeights }) => carried(initialWeights.kind));
  if (ownWeights !== wantedWeights) refuse('initial weights that are', ownWeights, wantedWeights);
  const genome = new Genome(wanted, settings.mirror);
  const center = genome.fold(bundle.coefficients ?? NOTHING, bundle.initialWeights ?? NOTHING);
  if (!center) {
    throw new HebbridgeError(
      'ERR_SETTING',
      `from: the rules in ${source} are not tied under the mirror; give mirror false (--no-mirror)`,
    );
  }
  const ancestry = ancestryOf(bundle, find);
  const stepsTotal = ancestry.controlSteps ?? 0;
  const { stepBudget } = settings;
  if (stepBudget !== undefined && stepsTotal >= stepBudget) {
    throw new HebbridgeError(
      'ERR_SETTING',
      `stepBudget: ${stepBudget} control steps, and ${source} has taken ${stepsTotal} already; give more`,
    );
  }
  return { settings, state: startOpenEsAt(settings, center), best: undefined, stepsTotal, ancestry };
}
