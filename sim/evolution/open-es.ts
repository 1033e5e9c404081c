import { mixSeed, Random } from '../../policy/random.js';
import { createOptimizer, intPower, type Optimizer, type OptimizerName } from './optimizer.js';

/**
 * The evolution strategy of the paper: Salimans et al. 2017, "Evolution Strategies as a Scalable Alternative
 * to Reinforcement Learning", with antithetic noise, centered ranks, and sigma and learning rate that decay.
 */
export interface OpenEsSettings {
  /** Candidates a generation; even, for they come in antithetic pairs. */
  readonly population: number;
  readonly sigma: number;
  readonly sigmaDecay: number;
  readonly sigmaLimit: number;
  readonly learningRate: number;
  readonly learningRateDecay: number;
  readonly learningRateLimit: number;
  readonly optimizer: OptimizerName;
  /** Share of the center that is taken away each generation, times the learning rate. */
  readonly weightDecay: number;
  /** The first center is drawn from N(0, initialScale). */
  readonly initialScale: number;
}

/** Where the strategy stands; everything that the next generation depends on. */
export interface OpenEsState {
  generation: number;
  /** [parameters] */
  readonly center: Float32Array;
  readonly optimizer: Optimizer;
}

/** A generation's candidates: center +- sigma x the noise of each seed. Seeds travel, noise does not. */
export interface Ask {
  readonly generation: number;
  readonly sigma: number;
  readonly pairSeeds: readonly number[];
}

/** At a random center, drawn from `seed`. */
export function startOpenEs(settings: OpenEsSettings, parameters: number, seed: number): OpenEsState {
  const center = new Float32Array(parameters);
  const random = new Random(seed, 0xce27e4);
  for (let k = 0; k < parameters; k++) center[k] = settings.initialScale * random.normal();
  return startOpenEsAt(settings, center);
}

export function startOpenEsAt(
  settings: Pick<OpenEsSettings, 'optimizer'>,
  center: Float32Array,
): OpenEsState {
  return { generation: 0, center, optimizer: createOptimizer(settings.optimizer, center.length) };
}

/** The candidates of the next generation. Pure: asking twice gives the same. */
export function ask(settings: OpenEsSettings, state: OpenEsState, seed: number): Ask {
  const { generation } = state;
  return {
    generation,
    sigma: Math.max(settings.sigma * intPower(settings.sigmaDecay, generation), settings.sigmaLimit),
    pairSeeds: Array.from({ length: settings.population / 2 }, (_, pair) => mixSeed(seed, generation, pair)),
  };
}

/** The noise of an antithetic pair, [parameters], from its seed. */
export function drawNoise(pairSeed: number, out: Float32Array): void {
  new Random(pairSeed).fillNormal(out);
}

/** Candidate values: center + sign x sigma x noise. */
export function perturb(
  center: Float32Array,
  noise: Float32Array,
  signedSigma: number,
  out: Float32Array,
): void {
  for (let k = 0; k < out.length; k++) out[k] = center[k]! + signedSigma * noise[k]!;
}

/**
 * Take a generation's utilities (pair p: 2p for +, 2p + 1 for -; see fitness-shaping.ts) and move the center:
 * h <- h + alpha / (n sigma) sum of utility x noise.
 */
export function tell(
  settings: OpenEsSettings,
  state: OpenEsState,
  asked: Ask,
  utilities: Float64Array,
): void {
  const { center } = state;
  const gradient = new Float32Array(center.length);
  const noise = new Float32Array(center.length);
  asked.pairSeeds.forEach((pairSeed, pair) => {
    const weight = (utilities[2 * pair]! - utilities[2 * pair + 1]!) / (settings.population * asked.sigma);
    if (weight === 0) return;
    drawNoise(pairSeed, noise);
    for (let k = 0; k < gradient.length; k++) gradient[k]! += weight * noise[k]!;
  });
  const learningRate = Math.max(
    settings.learningRate * intPower(settings.learningRateDecay, state.generation),
    settings.learningRateLimit,
  );
  if (settings.weightDecay > 0) {
    const keep = 1 - learningRate * settings.weightDecay;
    for (let k = 0; k < center.length; k++) center[k]! *= keep;
  }
  state.generation++;
  state.optimizer.ascend(center, gradient, learningRate, state.generation);
}
