import { ANT_CONTRACT } from '../policy/robot-contract.js';
import { ActionSequence } from './action-sequence.js';
import { measureJointErrors, type EpisodeSettings, type JointErrors } from './joint-errors.js';
import { digits, percent, TIMING_HEADING, timingCells } from './report.js';
import type { SimulatedAnt } from './simulated-ant.js';
import { timeInterleaved, type Timing, type TimingSettings } from './timing.js';

export interface AntBenchmarkSettings extends TimingSettings, EpisodeSettings {}

/** What a control step costs, and how well the joints hold. */
export interface AntFigures extends Timing, JointErrors {}

/** Time the ants side by side, an episode a round and ant, all with the same actions; then look at their joints. */
export async function measureAnts(
  ants: readonly SimulatedAnt[],
  settings: AntBenchmarkSettings,
): Promise<AntFigures[]> {
  const actions = new ActionSequence();
  const action = new Float32Array(ANT_CONTRACT.joints.length);
  const timings = await timeInterleaved(
    ants.map((ant) => ({
      name: ant.name,
      prepare: (round) => {
        const seed = round + settings.warmUpRounds;
        ant.reset(seed);
        actions.begin(seed);
      },
      run: () => {
        for (let k = 0; k < settings.steps; k++) {
          actions.next(action);
          ant.step(action);
        }
        return settings.steps;
      },
    })),
    settings,
  );
  return ants.map((ant, k) => ({ ...timings[k]!, ...measureJointErrors(ant, settings) }));
}

/** The figures as rows of cells, the heading first. */
export function antTable(figures: readonly AntFigures[]): readonly (readonly string[])[] {
  return [
    [
      'a control step',
      ...TIMING_HEADING,
      'ratio',
      'beyond limit',
      'mean, deg',
      'worst, deg',
      'drift, mm',
      'worst, mm',
    ],
    ...figures.map((figure) => [
      figure.name,
      ...timingCells(figure),
      digits(figure.ratio),
      percent(figure.beyondLimit),
      figure.meanExcess.toFixed(3),
      digits(figure.worstExcess),
      digits(figure.medianDrift),
      digits(figure.worstDrift),
    ]),
  ];
}
