/** Red, green, blue, 0..255. */
type Colour = readonly [number, number, number];

export type Theme = 'light' | 'dark';

/**
 * From -1 to 1: blue, the background's tone, red. On white the strong ends are dark (ColorBrewer's RdBu), on black
 * they are bright; both are told apart by the colour-blind.
 */
const STOPS: Readonly<Record<Theme, readonly Colour[]>> = {
  light: [
    [33, 102, 172],
    [103, 169, 207],
    [247, 247, 247],
    [239, 138, 98],
    [178, 24, 43],
  ],
  dark: [
    [146, 197, 255],
    [48, 112, 190],
    [24, 26, 30],
    [196, 76, 52],
    [255, 178, 140],
  ],
};
/** Of values that are not finite: unlike any on the map. */
const NOT_FINITE: Colour = [255, 0, 255];

const STEPS = 255;

/** The diverging colour map as a table: [256, 3], from -1 to 1. */
export function divergingColours(theme: Theme): Uint8ClampedArray {
  const stops = STOPS[theme];
  const map = new Uint8ClampedArray(3 * (STEPS + 1));
  for (let k = 0; k <= STEPS; k++) {
    const at = (k / STEPS) * (stops.length - 1);
    const left = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; c++) {
      map[3 * k + c] = stops[left]![c]! + (at - left) * (stops[left + 1]![c]! - stops[left]![c]!);
    }
  }
  return map;
}

/**
 * Paint `values` into `pixels` (RGBA, a pixel each): `-scale` and below is the map's one end, `scale` and above the
 * other.
 */
export function paint(
  values: ArrayLike<number>,
  scale: number,
  map: Uint8ClampedArray,
  pixels: Uint8ClampedArray,
): void {
  for (let k = 0; k < values.length; k++) {
    const value = values[k]! / scale;
    const finite = Number.isFinite(value);
    const place = 3 * Math.round(((Math.max(-1, Math.min(1, value)) + 1) / 2) * STEPS);
    for (let c = 0; c < 3; c++) pixels[4 * k + c] = finite ? map[place + c]! : NOT_FINITE[c]!;
    pixels[4 * k + 3] = 255;
  }
}
