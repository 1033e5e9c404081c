import { Vector3 } from 'three';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { createPartPoses, placeParts } from '../../../policy/robot-model.js';
import type { RobotState } from '../../message-map.js';
import { CONDITION_WORDS, CONDITIONS, type BodyDamage } from '../display/body-damage.js';
import { turnable } from './drag-rotation.js';
import { element, make, setText } from './element.js';
import { RobotScene } from './robot-scene.js';
import { reducedMotion } from './theme.js';

/** m: where the camera looks from at first. */
const DISTANCE = 3.5;
/** Share of the way to the robot that the camera goes in each picture. */
const FOLLOWING = 0.12;

/** The robot in 3D, the legend of its damages, and a note where it cannot be shown as it is. */
export class RobotPanel {
  private readonly scene: RobotScene | undefined;
  private readonly poses = createPartPoses();
  private readonly jointPosition = new Float64Array(ANT_CONTRACT.joints.length);
  private readonly target = new Vector3();
  private readonly angles = { azimuth: -2.2, elevation: 0.45, zoom: 1 };
  private readonly legend: HTMLElement[];
  private placed = false;
  private moved = true;

  constructor() {
    const view = element('robot-view', HTMLElement);
    this.scene = this.open(view);
    this.legend = CONDITIONS.map((condition) => {
      const item = make('li');
      const swatch = make('span', '', 'swatch');
      swatch.style.background = `var(--${condition})`;
      item.append(swatch, CONDITION_WORDS[condition]);
      element('legend', HTMLElement).append(item);
      return item;
    });
  }

  /** A new state of the robot, with the feet that it has. */
  show({ joints, torso, episode }: RobotState, { footLength }: BodyDamage): void {
    setText(element('episode', HTMLElement), String(episode));
    for (let j = 0; j < this.jointPosition.length; j++) {
      const at = joints.names.indexOf(ANT_CONTRACT.joints[j]!.name);
      if (at < 0) {
        this.note(`no picture: the robot has no joint ${ANT_CONTRACT.joints[j]!.name}`);
        return;
      }
      this.jointPosition[j] = joints.position[at] ?? NaN;
    }
    const { position, orientation } = torso;
    placeParts({ position, orientation, jointPosition: this.jointPosition, footLength }, this.poses);
    if (!this.poses.position.every(Number.isFinite)) {
      this.note('no picture: the state is not finite');
      return;
    }
    this.scene?.place(this.poses);
    const jumped = Math.hypot(position[0]! - this.target.x, position[1]! - this.target.y) > 3;
    if (!this.placed || jumped) this.target.set(position[0]!, position[1]!, 0.5);
    this.placed = true;
    this.moved = true;
  }

  /** `age`: s since the newest state came. */
  paint({ conditions }: BodyDamage, age: number, stale: boolean): void {
    this.scene?.paint(conditions, stale);
    this.legend.forEach((item, k) => (item.dataset['present'] = String(conditions.includes(CONDITIONS[k]!))));
    this.note(!stale ? '' : Number.isFinite(age) ? `${age.toFixed(1)} s old` : 'no state of a robot yet');
    this.moved = true;
  }

  /** One picture, if there is something new to see. */
  render(): void {
    const { scene, target, poses, angles } = this;
    if (!scene || !this.moved) return;
    this.moved = false;
    const share = reducedMotion() ? 1 : FOLLOWING;
    target.x += (poses.position[0]! - target.x) * share;
    target.y += (poses.position[1]! - target.y) * share;
    scene.look(target, angles.azimuth, angles.elevation, DISTANCE / angles.zoom);
    scene.render();
  }

  private open(view: HTMLElement): RobotScene | undefined {
    let scene: RobotScene;
    try {
      scene = new RobotScene();
    } catch {
      view.textContent = 'This browser shows no 3D (WebGL is missing or off). Everything else works.';
      return undefined;
    }
    view.append(scene.canvas);
    turnable(view, this.angles, () => (this.moved = true));
    new ResizeObserver(() => {
      if (view.clientWidth === 0 || view.clientHeight === 0) return;
      scene.resize(view.clientWidth, view.clientHeight);
      this.moved = true;
    }).observe(view);
    return scene;
  }

  private note(text: string): void {
    const note = element('robot-note', HTMLElement);
    note.hidden = text === '';
    setText(note, text);
  }
}
