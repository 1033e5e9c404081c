import {
  ControlLoop,
  Controller,
  InMemoryNetwork,
  InMemoryTransport,
  ManualClock,
  type SafetySettings,
} from '../bridge/index.js';
import { decodeBundle, networkFromBundle } from '../policy/bundle/rule-bundle.js';
import { loadRapier } from '../sim/rapier.js';
import { AntRobot } from '../sim/robot/ant-robot.js';
import { RobotNode } from '../sim/robot/robot-node.js';
import { digits, type BenchmarkReport } from './report.js';

export interface SafetyLimitsSettings {
  /** Lives with each setting. */
  readonly lives: number;
  /** Control steps of a life. */
  readonly steps: number;
  /** A bundle's file, and what to call it. */
  readonly bundle: Uint8Array;
  readonly bundleName: string;
}

const NO_LIMITS: Partial<SafetySettings> = {
  fadeInTime: 0,
  largestActionRate: Infinity,
  largestTilt: Math.PI,
  largestJointVelocity: Infinity,
  largestJointEffort: Infinity,
};

const VARIANTS: readonly { readonly name: string; readonly safety: Partial<SafetySettings> }[] = [
  { name: 'no limits', safety: NO_LIMITS },
  { name: 'fade-in of 1 s', safety: { ...NO_LIMITS, fadeInTime: 1 } },
  ...[120, 60, 40, 20].map((rate) => ({
    name: `fade-in, at most ${rate} 1/s`,
    safety: { ...NO_LIMITS, fadeInTime: 1, largestActionRate: rate },
  })),
  { name: 'defaults', safety: {} },
];

interface Life {
  /** In the paper's units. */
  readonly distance: number;
  /** rad. */
  readonly tilt: number;
  /** rad/s. */
  readonly velocity: number;
  readonly safeSteps: number;
}

/** What the safety limits cost the gait of a bundle, and how near to them the gait comes by itself. */
export async function benchSafetyLimits(settings: SafetyLimitsSettings): Promise<BenchmarkReport> {
  await loadRapier();
  const variants = VARIANTS.map(({ name, safety }) => {
    const lives = Array.from({ length: settings.lives }, (_, k) => live(settings, safety, 1000 + k));
    const distances = lives.map(({ distance }) => distance);
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / lives.length;
    const squares = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0);
    return {
      name,
      distance: mean,
      deviation: Math.sqrt(squares / (lives.length - 1)),
      largestTilt: Math.max(...lives.map(({ tilt }) => tilt)),
      fastestJoint: Math.max(...lives.map(({ velocity }) => velocity)),
      safeSteps: lives.reduce((sum, { safeSteps }) => sum + safeSteps, 0) / lives.length,
    };
  });
  return {
    name: 'safety-limits',
    title: `${settings.lives} lives of ${settings.steps} control steps on the intact Ant, ${settings.bundleName}`,
    figures: { bundle: settings.bundleName, lives: settings.lives, variants },
    table: [
      ['', 'distance', 'largest tilt (rad)', 'fastest joint (rad/s)', 'safe or braking steps a life'],
      ...variants.map(({ name, distance, deviation, largestTilt, fastestJoint, safeSteps }) => [
        name,
        `${distance.toFixed(0)} ± ${deviation.toFixed(0)}`,
        digits(largestTilt),
        digits(fastestJoint),
        digits(safeSteps),
      ]),
    ],
    remarks: [],
  };
}

function live(
  { bundle, bundleName, steps }: SafetyLimitsSettings,
  safety: Partial<SafetySettings>,
  seed: number,
): Life {
  const rules = decodeBundle(bundle, bundleName);
  const robot = new AntRobot();
  const clock = new ManualClock();
  const transport = new InMemoryTransport(new InMemoryNetwork());
  const period = robot.controlPeriod;
  const node = new RobotNode({ robot, transport, clock, seed });
  const controller = new Controller({
    transport,
    clock,
    policy: networkFromBundle(rules),
    contract: rules.contract,
    seed,
    simulated: true,
    safety,
  });
  let tilt = 0;
  let velocity = 0;
  transport.subscribe('robotState', ({ torso: { orientation }, joints }) => {
    const upright = 1 - 2 * (orientation[0]! ** 2 + orientation[1]! ** 2);
    tilt = Math.max(tilt, Math.acos(Math.max(-1, Math.min(1, upright))));
    for (const speed of joints.velocity) velocity = Math.max(velocity, Math.abs(speed));
  });
  const loop = new ControlLoop(clock, period, node.step);
  node.start();
  const begin = robot.position[0]!;
  loop.start(0);
  controller.activate(period / 2);
  clock.advance(steps * period);
  const distance = (robot.position[0]! - begin) / period;
  const { safeSteps } = controller.status();
  controller.stop();
  robot.dispose();
  return { distance, tilt, velocity, safeSteps };
}
