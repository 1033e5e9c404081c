import { CONTROL_PERIOD, significant } from '../numbers.js';
import { axisText, gridLines, Plot } from '../plot.js';

/** Axes of distances upwards: units on the left, metres on the right. */
export function distanceAxes(): Plot.CompoundMark[] {
  return [
    Plot.gridY({ ...gridLines }) as unknown as Plot.CompoundMark,
    Plot.axisY({
      ...axisText,
      anchor: 'left',
      label: 'distance, units',
      labelArrow: 'none',
      tickFormat: (distance: number) => distance.toLocaleString('en-US'),
    }),
    Plot.axisY({
      ...axisText,
      anchor: 'right',
      label: 'm',
      labelArrow: 'none',
      tickFormat: (distance: number) => significant(distance * CONTROL_PERIOD),
    }),
  ];
}
