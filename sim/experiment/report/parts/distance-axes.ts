import { CONTROL_PERIOD, DISTANCE_UNITS, tick } from '../numbers.js';
import { axisText, gridLines, Plot } from '../plot.js';

/** Distances in units at whole metres, or round parts or multiples of them: about `most` between `low` and `high`. */
export function metreTicks(low: number, high: number, most: number): number[] {
  const metres = (high - low) * CONTROL_PERIOD;
  const power = 10 ** Math.floor(Math.log10(metres / most));
  const step = power * ([1, 2, 5].find((part) => (power * part * most) / metres >= 1) ?? 10);
  const ticks: number[] = [];
  for (let k = Math.ceil((low * CONTROL_PERIOD) / step); k * step <= high * CONTROL_PERIOD; k++) {
    ticks.push((k * step) / CONTROL_PERIOD);
  }
  return ticks;
}

/** Axes of distances upwards, of which all that is drawn lies in `extent`: units on the left, metres on the right. */
export function distanceAxes([low, high]: readonly [number, number]): Plot.CompoundMark[] {
  return [
    Plot.gridY({ ...gridLines }) as unknown as Plot.CompoundMark,
    Plot.axisY({
      ...axisText,
      anchor: 'left',
      label: DISTANCE_UNITS,
      labelArrow: 'none',
      tickFormat: tick,
    }),
    Plot.axisY({
      ...axisText,
      anchor: 'right',
      ticks: metreTicks(low, high, 6),
      label: 'm',
      labelArrow: 'none',
      tickFormat: (distance: number) => tick(distance * CONTROL_PERIOD),
    }),
  ];
}

/** An axis of distances across, below. */
export function distanceAxisX(width: number): Plot.CompoundMark {
  return Plot.axisX({
    ...axisText,
    anchor: 'bottom',
    label: DISTANCE_UNITS,
    labelAnchor: 'center',
    labelArrow: 'none',
    labelOffset: 40,
    ticks: width / 90,
  });
}
