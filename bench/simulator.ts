import { DEFAULT_SOLVER } from '../sim/ant/solver-settings.js';
import { loadRapier } from '../sim/rapier.js';
import { antTable, measureAnts, type AntBenchmarkSettings, type AntFigures } from './ant-timing.js';
import type { MujocoSettings } from './mujoco-ant-model.js';
import { loadMujocoModule, MujocoAnt } from './mujoco-ant.js';
import { RapierAnt } from './rapier-ant.js';
import { digits, percent, type BenchmarkReport } from './report.js';

/** Rapier stepped as often as the paper's simulator was: 4 steps of 4.125 ms a control period. */
const FOUR_WORLD_STEPS = { worldSteps: 4, solverIterations: 1, internalPgsIterations: 8 };

/** MuJoCo as it comes, with its own motor and with ours; then with limits as hard as Rapier's or harder. */
const MUJOCO: readonly MujocoSettings[] = [
  { substeps: 1, motor: 'torque', limits: 'default' },
  { substeps: 2, motor: 'torque', limits: 'default' },
  { substeps: 4, motor: 'torque', limits: 'default' },
  { substeps: 4, motor: 'limited', limits: 'default' },
  { substeps: 2, motor: 'limited', limits: 'stiff' },
  { substeps: 3, motor: 'limited', limits: 'stiff' },
  { substeps: 4, motor: 'limited', limits: 'stiff' },
];
const FOUR_SUBSTEPS = 3;

/** The Ant in Rapier against the same Ant in MuJoCo's WebAssembly build: physics, reading of state, observation. */
export async function benchSimulator(settings: AntBenchmarkSettings): Promise<BenchmarkReport> {
  await loadRapier();
  const mujoco = await loadMujocoModule();
  const rapierAnts = [new RapierAnt(DEFAULT_SOLVER), new RapierAnt(FOUR_WORLD_STEPS)];
  const mujocoAnts = MUJOCO.map((each) => new MujocoAnt(mujoco, each));
  const ants = [...rapierAnts, ...mujocoAnts];
  try {
    const figures = await measureAnts(ants, settings);
    const [used, fourSteps] = figures as [AntFigures, AntFigures];
    const peers = figures.slice(rapierAnts.length);
    const four = peers[FOUR_SUBSTEPS]!;
    const asGood = peers.filter(({ beyondLimit }) => beyondLimit <= used.beyondLimit);
    const equal = asGood.sort((a, b) => a.median - b.median)[0];
    return {
      name: 'simulator',
      title: `Simulated Ant: a control step of 16.5 ms, physics and observation; ratio to ${used.name}`,
      figures: { ants: figures, fourSubsteps: four.name, equalError: equal?.name },
      table: antTable(figures),
      remarks: [
        `4 substeps, the same motor, limits as they come: ${compare(used, four)}; ${compare(fourSteps, four)}`,
        equal === undefined
          ? `no setting of MuJoCo here has as few joints beyond their limits as ${used.name}`
          : `cheapest MuJoCo with no more joints beyond their limits: ${compare(used, equal)} (aim: not slower)`,
      ],
    };
  } finally {
    for (const ant of ants) ant.dispose();
  }
}

function compare(rapier: AntFigures, mujoco: AntFigures): string {
  const share = mujoco.median / rapier.median;
  const verdict = share >= 1 ? `${digits(share)} x faster` : `${digits(1 / share)} x slower`;
  return (
    `${rapier.name} (${percent(rapier.beyondLimit)} beyond) is ${verdict} than ` +
    `${mujoco.name} (${percent(mujoco.beyondLimit)} beyond)`
  );
}
