import type { RobotState } from '../message-map.js';

export interface SpeedMessage {
  /** s, on the robot's clock. */
  stamp: number;
  /** m/s towards the goal, smoothed. */
  speed: number;
  /** m towards the goal, over all episodes. */
  distance: number;
}

/** s: time constant of the smoothing, about a stride. */
const SMOOTHING = 0.5;

/** How fast and how far a robot comes towards its goal, by its states. */
export class SpeedMeter {
  readonly message: SpeedMessage = { stamp: 0, speed: 0, distance: 0 };
  private episode = -1;
  private readonly last = new Float64Array(2);

  /** @param heading of the goal, rad from +x towards +y */
  take({ stamp, episode, torso }: RobotState, heading: number): void {
    const { message, last } = this;
    const x = torso.position[0] ?? NaN;
    const y = torso.position[1] ?? NaN;
    const elapsed = stamp - message.stamp;
    if (episode === this.episode && elapsed > 0) {
      const progress = (x - last[0]!) * Math.cos(heading) + (y - last[1]!) * Math.sin(heading);
      if (Number.isFinite(progress)) {
        message.distance += progress;
        message.speed += (progress / elapsed - message.speed) * (elapsed / (SMOOTHING + elapsed));
      }
    } else if (episode !== this.episode) {
      message.speed = 0;
    }
    this.episode = episode;
    message.stamp = stamp;
    if (Number.isFinite(x) && Number.isFinite(y)) {
      last[0] = x;
      last[1] = y;
    }
  }
}
