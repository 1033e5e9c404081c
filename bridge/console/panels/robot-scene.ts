import {
  AmbientLight,
  CapsuleGeometry,
  Color,
  DirectionalLight,
  Group,
  BufferGeometry,
  Float32BufferAttribute,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshStandardMaterial,
  PerspectiveCamera,
  Scene,
  SphereGeometry,
  Vector3,
  WebGLRenderer,
} from 'three';
import { ANT_PARTS, type PartPoses, type RobotPart } from '../../../policy/robot-model.js';
import type { Condition } from '../display/body-damage.js';
import { colour, onThemeChange } from './theme.js';

/** m between the lines of the ground. */
const GRID_SPACING = 0.5;
/** Squares from the robot to the edge of the ground. */
const GRID_REACH = 24;

/** The robot and the ground in three.js; knows no messages. Axes of REP-103: z is up. */
export class RobotScene {
  readonly camera = new PerspectiveCamera(40, 1, 0.05, 60);
  readonly canvas: HTMLCanvasElement;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly meshes: Mesh<SphereGeometry | CapsuleGeometry, MeshStandardMaterial>[];
  private readonly lengths = new Float64Array(ANT_PARTS.length);
  private readonly ground = new Group();
  private conditions: readonly Condition[] = ANT_PARTS.map(() => 'intact');
  private stale = true;

  /** @throws Error where the browser has no WebGL */
  constructor() {
    this.renderer = new WebGLRenderer({ antialias: true });
    this.canvas = this.renderer.domElement;
    this.camera.up.set(0, 0, 1);
    this.meshes = ANT_PARTS.map((part) => {
      const geometry =
        part.shape === 'sphere' ? new SphereGeometry(part.radius, 32, 20) : capsuleGeometry(part, 0.1);
      const mesh = new Mesh(geometry, new MeshStandardMaterial({ roughness: 0.65 }));
      // Until it is known where.
      mesh.visible = false;
      this.scene.add(mesh);
      return mesh;
    });
    const sun = new DirectionalLight(0xffffff, 2.2);
    sun.position.set(2, -3, 5);
    this.scene.add(new AmbientLight(0xffffff, 1.3), sun, this.ground);
    onThemeChange(() => this.colourAll());
    this.colourAll();
  }

  resize(width: number, height: number): void {
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }

  /** Put the parts where they are, and the ground under them. */
  place({ position, orientation, length }: PartPoses): void {
    this.meshes.forEach((mesh, part) => {
      if (mesh.geometry instanceof CapsuleGeometry && this.lengths[part] !== length[part]) {
        this.lengths[part] = length[part]!;
        mesh.geometry.dispose();
        mesh.geometry = capsuleGeometry(ANT_PARTS[part]!, length[part]!);
      }
      mesh.visible = true;
      mesh.position.fromArray(position, 3 * part);
      mesh.quaternion.fromArray(orientation, 4 * part);
    });
    // By whole squares, so that the lines seem to lie still.
    for (const [axis, value] of [position[0]!, position[1]!].entries()) {
      this.ground.position.setComponent(axis, Math.round(value / (2 * GRID_SPACING)) * 2 * GRID_SPACING);
    }
  }

  /** For each part how it is; `stale`: what is shown is not what is. */
  paint(conditions: readonly Condition[], stale: boolean): void {
    if (conditions === this.conditions && stale === this.stale) return;
    this.conditions = conditions;
    this.stale = stale;
    this.colourParts();
  }

  /** Look at `target` (from farther where the picture is narrow) from a direction (rad: azimuth from +x, elevation) and a distance (m). */
  look(target: Vector3, azimuth: number, elevation: number, distance: number): void {
    const far = distance * Math.max(1, 1.15 / this.camera.aspect);
    const level = Math.cos(elevation) * far;
    this.camera.position.set(
      target.x + Math.cos(azimuth) * level,
      target.y + Math.sin(azimuth) * level,
      target.z + Math.sin(elevation) * far,
    );
    this.camera.lookAt(target);
  }

  render(): void {
    this.renderer.render(this.scene, this.camera);
  }

  private colourAll(): void {
    this.scene.background = new Color(colour('--scene'));
    this.ground.clear();
    const grid = new LineSegments(gridGeometry(), new LineBasicMaterial({ color: colour('--grid') }));
    this.ground.add(grid);
    this.colourParts();
  }

  private colourParts(): void {
    this.meshes.forEach(({ material }, part) => {
      const condition = this.conditions[part]!;
      const name = ANT_PARTS[part]!.leg === undefined ? 'torso' : condition;
      material.color.set(colour(this.stale ? '--stale' : `--${name}`));
      // Not by colour alone: what is limp is a wire frame.
      material.wireframe = condition === 'off';
      material.emissive.set(!this.stale && condition !== 'intact' ? material.color : 0x000000);
      material.emissiveIntensity = 0.35;
    });
  }
}

/** A line for each side of a square: software renderers lose long lines that pass the camera. */
function gridGeometry(): BufferGeometry {
  const points: number[] = [];
  for (let i = -GRID_REACH; i <= GRID_REACH; i++) {
    for (let k = -GRID_REACH; k < GRID_REACH; k++) {
      const [across, from, to] = [i * GRID_SPACING, k * GRID_SPACING, (k + 1) * GRID_SPACING];
      points.push(from, across, 0, to, across, 0, across, from, 0, across, to, 0);
    }
  }
  return new BufferGeometry().setAttribute('position', new Float32BufferAttribute(points, 3));
}

/** Share of their thickness by which parts are drawn thinner, so that where two overlap one colour is seen. */
const THINNER: readonly (readonly [suffix: string, share: number])[] = [
  ['_stub', 0.06],
  ['_foot', 0.03],
];

/** Along +z, as the poses have it. */
function capsuleGeometry({ name, radius }: RobotPart, length: number): CapsuleGeometry {
  const thinner = THINNER.find(([suffix]) => name.endsWith(suffix))?.[1] ?? 0;
  const geometry = new CapsuleGeometry(radius * (1 - thinner), length, 8, 20);
  geometry.rotateX(Math.PI / 2);
  return geometry;
}
