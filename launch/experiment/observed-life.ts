import type { JointCommand, RobotState } from '../../bridge/message-map.js';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { FALLEN_HEIGHT, FALLEN_STEPS } from '../../sim/ant/ant-environment.js';
import { ActionUse } from '../../sim/evaluation/action-use.js';
import type { LifeRecord } from '../../sim/experiment/result.js';

/**
 * What an observer of a robot's messages sees of a life: as much of a {@link LifeRecord} as can be seen from outside.
 * States that got lost on the way are bridged; actions are those that left for the joints.
 */
export class ObservedLife {
  private readonly seed: number;
  private readonly steps: number;
  /** rad from +x towards +y: where the goal is. */
  private readonly heading: number;
  private readonly speed: Float32Array;
  private firstStamp = NaN;
  private lastStep = 0;
  private progress = NaN;
  private distance = 0;
  private lowSince = -1;
  private fell = false;
  private readonly action = new Float32Array(ANT_CONTRACT.joints.length);
  private readonly use = new ActionUse(ANT_CONTRACT.joints.length);

  constructor(seed: number, steps: number, heading: number) {
    this.seed = seed;
    this.steps = steps;
    this.heading = heading;
    this.speed = new Float32Array(steps);
  }

  /** The stamp of its first state, s; NaN before it. */
  get begin(): number {
    return this.firstStamp;
  }

  get over(): boolean {
    return this.fell || this.lastStep >= this.steps;
  }

  /** A state of the life's episode. */
  see({ stamp, torso }: RobotState): void {
    if (this.over) return;
    const [x, y, height] = torso.position as unknown as [number, number, number];
    const progress = Math.cos(this.heading) * x + Math.sin(this.heading) * y;
    if (Number.isNaN(this.firstStamp)) {
      this.firstStamp = stamp;
      this.progress = progress;
      return;
    }
    const { controlPeriod } = ANT_CONTRACT;
    const passed = Math.round((stamp - this.firstStamp) / controlPeriod);
    if (passed <= this.lastStep) return;
    const rate = (progress - this.progress) / ((passed - this.lastStep) * controlPeriod);
    const step = Math.min(passed, this.steps);
    this.speed.fill(rate, this.lastStep, step);
    this.distance += rate * (step - this.lastStep);
    this.progress = progress;
    this.lastStep = step;
    if (height >= FALLEN_HEIGHT) this.lowSince = -1;
    else if (this.lowSince < 0) this.lowSince = step;
    this.fell = this.lowSince >= 0 && step - this.lowSince >= FALLEN_STEPS - 1;
  }

  /** A command that was sent to the robot meanwhile. */
  hear({ names, values }: JointCommand): void {
    if (this.over || Number.isNaN(this.firstStamp)) return;
    ANT_CONTRACT.joints.forEach(({ name, effortLimit }, j) => {
      this.action[j] = (values[names.indexOf(name)] ?? 0) / effortLimit;
    });
    this.use.count(this.action);
  }

  record(keepSpeed: boolean): LifeRecord {
    const { seed, distance, lastStep: steps, fell, use, speed } = this;
    return {
      seed,
      distance,
      steps,
      fell,
      saturated: use.saturatedEach,
      actionChange: use.change,
      ...(keepSpeed && { speed }),
    };
  }
}
