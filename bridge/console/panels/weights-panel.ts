import type { LayerWeights, WeightsMessage } from '../../message-map.js';
import { divergingColours, paint } from '../display/colour-map.js';
import { formatNumber } from '../display/format.js';
import { weightImage, weightScale } from '../display/weight-image.js';
import { element, make, setText } from './element.js';
import { onThemeChange, theme } from './theme.js';

/** One layer's picture with its caption and scale. */
interface LayerFigure {
  readonly figure: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly least: HTMLElement;
  readonly most: HTMLElement;
  readonly shape: string;
}

/** The weight matrices as images (the paper's Fig. 6): a pixel for each synapse. */
export class WeightsPanel {
  private figures: LayerFigure[] = [];
  private last: WeightsMessage | undefined;
  private colours = divergingColours(theme());

  constructor() {
    element('weights', HTMLElement).append(make('p', 'no weights yet', 'note'));
    onThemeChange(() => {
      this.colours = divergingColours(theme());
      this.figures = [];
      if (this.last) this.show(this.last);
    });
  }

  show(message: WeightsMessage): void {
    this.last = message;
    const { layers } = message;
    const same = layers.length === this.figures.length && layers.every((layer, l) => this.fits(layer, l));
    if (!same) this.build(layers);
    layers.forEach((layer, l) => this.draw(layer, this.figures[l]!));
  }

  private fits({ pre, post }: LayerWeights, l: number): boolean {
    return this.figures[l]?.shape === `${pre} x ${post}`;
  }

  private build(layers: readonly LayerWeights[]): void {
    this.figures = layers.map(({ pre, post }, l) => layerFigure(pre, post, l, this.colours));
    element('weights', HTMLElement).replaceChildren(...this.figures.map(({ figure }) => figure));
  }

  private draw({ pre, post, values }: LayerWeights, { canvas, least, most }: LayerFigure): void {
    const { width, height, values: pictured } = weightImage(pre, post, values);
    const scale = weightScale(values);
    const pixels = new Uint8ClampedArray(4 * width * height);
    paint(pictured, scale, this.colours, pixels);
    canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
    setText(least, `−${formatNumber(scale)}`);
    setText(most, `+${formatNumber(scale)}`);
  }
}

function layerFigure(pre: number, post: number, l: number, colours: Uint8ClampedArray): LayerFigure {
  const wide = post >= pre;
  const figure = make('figure');
  const caption = make('figcaption');
  const canvas = make('canvas');
  canvas.width = Math.max(pre, post);
  canvas.height = Math.min(pre, post);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `Weights of layer ${l + 1}, ${pre} by ${post}`);
  const scale = make('span', '', 'scale');
  const legend = make('canvas');
  legend.width = 256;
  legend.height = 1;
  const ramp = new Uint8ClampedArray(4 * 256);
  const steps = Float32Array.from({ length: 256 }, (_, k) => (2 * k) / 255 - 1);
  paint(steps, 1, colours, ramp);
  legend.getContext('2d')?.putImageData(new ImageData(ramp, 256, 1), 0, 0);
  const least = make('span');
  const most = make('span');
  scale.append(least, legend, most);
  const axes = wide ? `${pre} pre ↓ ${post} post →` : `${post} post ↓ ${pre} pre →`;
  caption.append(make('span', `layer ${l + 1}: ${axes}`), scale);
  figure.append(caption, canvas);
  return { figure, canvas, least, most, shape: `${pre} x ${post}` };
}
