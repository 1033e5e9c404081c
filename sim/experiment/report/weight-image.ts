import { encode } from 'fast-png';

/** How weights become colours: blue below 0, white at 0, red above; the same for all images that are compared. */
export interface WeightColours {
  /** Weights from here on have the full colour. */
  readonly limit: number;
  /** Colours follow the fourth roots of the weights, which span orders of magnitude; otherwise the weights. */
  readonly roots: boolean;
}

const BELOW = [11, 74, 127] as const;
const ZERO = [247, 247, 247] as const;
const ABOVE = [178, 45, 10] as const;

/** Of the largest weights so few are left out of the scale, that a single one does not make all others pale. */
const LEFT_OUT = 0.002;
/** Fourth roots from this ratio on of the largest root mean square to the smallest one. */
const RATIO = 20;

export function rootMeanSquare(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / Math.max(1, values.length));
}

/** One scale for a layer at several control steps. */
export function weightColours(matrices: readonly Float32Array[]): WeightColours {
  const sizes = Float32Array.from(matrices.flatMap((values) => [...values.map(Math.abs)])).sort();
  const limit = sizes[sizes.length - 1 - Math.floor(sizes.length * LEFT_OUT)] || sizes.at(-1) || 1;
  const spreads = matrices.map(rootMeanSquare).filter((spread) => spread > 0);
  return { limit, roots: Math.max(...spreads) > RATIO * Math.min(...spreads) };
}

/** In [-1, 1]. */
function place(value: number, { limit, roots }: WeightColours): number {
  const part = roots ? Math.sign(value) * (Math.abs(value) / limit) ** 0.25 : value / limit;
  return Math.max(-1, Math.min(1, part));
}

/** The weight whose colour is half way between white and the full one. */
export function halfColour({ limit, roots }: WeightColours): number {
  return limit / (roots ? 16 : 2);
}

export interface PixelImage {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * A weight matrix, a square of `zoom` pixels a synapse. The longer side is upright, as in the paper's Fig. 6.
 *
 * @param values [pre * post], pre-major
 */
export function weightImage(
  { pre, post, values }: { readonly pre: number; readonly post: number; readonly values: Float32Array },
  colours: WeightColours,
  zoom: number,
): PixelImage {
  const postDown = post > pre;
  return pixels(postDown ? pre : post, postDown ? post : pre, zoom, (x, y) =>
    place(values[postDown ? x * post + y : y * post + x]!, colours),
  );
}

/** From the lowest weight to the highest one. */
export function colourBar(width: number, height: number): PixelImage {
  return pixels(width, height, 1, (x) => (2 * x) / (width - 1) - 1);
}

function pixels(
  columns: number,
  rows: number,
  zoom: number,
  at: (x: number, y: number) => number,
): PixelImage {
  const width = columns * zoom;
  const height = rows * zoom;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = at(Math.floor(x / zoom), Math.floor(y / zoom));
      const end = value < 0 ? BELOW : ABOVE;
      for (let channel = 0; channel < 3; channel++) {
        data[(y * width + x) * 3 + channel] = Math.round(
          ZERO[channel]! + Math.abs(value) * (end[channel]! - ZERO[channel]!),
        );
      }
    }
  }
  return { png: encode({ width, height, data, channels: 3, depth: 8 }), width, height };
}
