import type { ProjectedPath } from '../display/principal-components.js';
import { formatShare } from '../display/format.js';
import { turnable } from './drag-rotation.js';
import { element, setText } from './element.js';
import { colour, onThemeChange } from './theme.js';

const AXES: readonly (readonly [number, number, number])[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The path of the weights in their first three principal components (the paper's Fig. 5), to be turned by hand. */
export class PathPanel {
  private readonly canvas = element('path', HTMLCanvasElement);
  private readonly angles = { azimuth: 0.7, elevation: 0.45, zoom: 1 };
  private path: ProjectedPath | undefined;

  constructor() {
    turnable(this.canvas, this.angles, () => this.draw());
    onThemeChange(() => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    setText(element('path-note', HTMLElement), 'no weights yet');
  }

  show(path: ProjectedPath): void {
    this.path = path;
    const shares = path.explained.map((share) => formatShare(share)).join(', ');
    setText(
      element('path-note', HTMLElement),
      `${path.samples} samples of this life; the components hold ${shares} of the variance. Ring: now.`,
    );
    this.draw();
  }

  private draw(): void {
    const { canvas, path } = this;
    const context = canvas.getContext('2d');
    if (!context) return;
    const width = (canvas.width = Math.round(canvas.clientWidth * devicePixelRatio));
    const height = (canvas.height = Math.round(canvas.clientHeight * devicePixelRatio));
    if (!path || width === 0) return;
    // From whichever side it is looked at, it stays within the picture.
    let reach = 1e-12;
    for (let k = 0; k < path.points.length; k += 3) {
      reach = Math.max(reach, Math.hypot(path.points[k]!, path.points[k + 1]!, path.points[k + 2]!));
    }
    const scale = (0.42 * Math.min(width, height) * this.angles.zoom) / reach;
    const at = (k: number): [number, number] => {
      const [x, y] = this.turn(path.points[3 * k]!, path.points[3 * k + 1]!, path.points[3 * k + 2]!);
      return [width / 2 + x * scale, height / 2 - y * scale];
    };
    this.drawAxes(context, width, height, 0.42 * Math.min(width, height) * this.angles.zoom);
    context.lineWidth = 2 * devicePixelRatio;
    context.lineJoin = 'round';
    for (let k = 1; k < path.samples; k++) {
      // The past fades.
      context.globalAlpha = 0.25 + (0.75 * k) / path.samples;
      context.strokeStyle = colour('--accent');
      context.beginPath();
      context.moveTo(...at(k - 1));
      context.lineTo(...at(k));
      context.stroke();
    }
    context.globalAlpha = 1;
    context.strokeStyle = context.fillStyle = colour('--short');
    context.beginPath();
    context.arc(...at(path.samples - 1), 5 * devicePixelRatio, 0, 2 * Math.PI);
    context.stroke();
    context.fillStyle = colour('--quiet');
    context.beginPath();
    context.arc(...at(0), 3 * devicePixelRatio, 0, 2 * Math.PI);
    context.fill();
  }

  private drawAxes(context: CanvasRenderingContext2D, width: number, height: number, length: number): void {
    context.strokeStyle = colour('--grid');
    context.fillStyle = colour('--quiet');
    context.lineWidth = devicePixelRatio;
    context.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    AXES.forEach((axis, index) => {
      const [x, y] = this.turn(...axis);
      context.beginPath();
      context.moveTo(width / 2 - x * length, height / 2 + y * length);
      context.lineTo(width / 2 + x * length, height / 2 - y * length);
      context.stroke();
      context.fillText(`PC${index + 1}`, width / 2 + x * length * 1.04, height / 2 - y * length * 1.04);
    });
  }

  /** Right and up on the screen, of a point of the components' space. */
  private turn(x: number, y: number, z: number): [number, number] {
    const { azimuth, elevation } = this.angles;
    const right = -Math.sin(azimuth) * x + Math.cos(azimuth) * y;
    const towards = Math.cos(azimuth) * x + Math.sin(azimuth) * y;
    return [right, Math.cos(elevation) * z - Math.sin(elevation) * towards];
  }
}
