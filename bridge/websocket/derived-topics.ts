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

  /** @param keep gives a copy of `message` that its publisher does not change */
  take<T extends Topic>(topic: T, message: MessageMap[T], keep: () => MessageMap[T]): void {
    if (topic === 'robotState') this.takeState(message as RobotState, keep as () => RobotState);
    else if (topic === 'status') {
      this.scene.setPerturbations((message as MessageMap['status']).activePerturbations);
    }
  }

  private takeState(state: RobotState, keep: () => RobotState): void {
    const { fanOut, wallClock, heading } = this.options;
    this.meter.take(state, heading());
    fanOut.offer('speed', () => {
      const message = { ...this.meter.message };
      return () => JSON.stringify(message);
    });
    fanOut.offer('tf', () => {
      const [kept, time] = [keep(), wallClock()];
      return () => JSON.stringify(torsoTransform(kept, time));
    });
    fanOut.offer('scene', () => {
      const [kept, time] = [keep(), wallClock()];
      return () => JSON.stringify(this.scene.update(kept, time) ?? { deletions: [], entities: [] });
    });
  }
}
