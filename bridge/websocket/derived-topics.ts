import type { MessageMap, RobotState, Topic } from '../message-map.js';
import type { FanOut } from './fan-out.js';
import { Scene, torsoTransform } from './scene.js';
import { SpeedMeter } from './speed-meter.js';

export interface DerivedTopicsOptions {
  readonly fanOut: FanOut;
  /** ms since 1970 */
  readonly wallClock: () => number;
  /** rad from +x towards +y */
  readonly heading: () => number;
}

/** What is made of robot states for whoever looks on: the speed, the scene, the torso's frame. */
export class DerivedTopics {
  private readonly options: DerivedTopicsOptions;
  private readonly meter = new SpeedMeter();
  private readonly scene = new Scene();

  constructor(options: DerivedTopicsOptions) {
    this.options = options;
  }

  take<T extends Topic>(topic: T, message: MessageMap[T]): void {
    if (topic === 'robotState') this.takeState(message as RobotState);
    else if (topic === 'status') {
      this.scene.setPerturbations((message as MessageMap['status']).activePerturbations);
    }
  }

  private takeState(state: RobotState): void {
    const { fanOut, wallClock, heading } = this.options;
    this.meter.take(state, heading());
    fanOut.offer('speed', () => JSON.stringify(this.meter.message));
    fanOut.offer('tf', () => JSON.stringify(torsoTransform(state, wallClock())));
    fanOut.offer('scene', () =>
      JSON.stringify(this.scene.update(state, wallClock()) ?? { deletions: [], entities: [] }),
    );
  }
}
