import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import type { MeanEstimate, ShareEstimate } from '../statistics.js';

/** Seconds between control steps. */
export const CONTROL_PERIOD = ANT_CONTRACT.controlPeriod;

/** Said on every axis of distances. */
export const DISTANCE_UNITS = 'distance, units';
export const UNITS_EXPLAINED =
  'A distance in units is the sum over the control steps of progress in m divided by the control period in s, as in ' +
  `the paper: 1,000 units in 1,000 control steps are 1 m/s, ${(1000 * CONTROL_PERIOD).toFixed(1)} m.`;

const formats = new Map<number, Intl.NumberFormat>();

/** With a minus sign and with commas between thousands, like 1,051 and −0.25. */
export function fixed(value: number, digits: number): string {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(digits, format);
  }
  // No sign before what is rounded to nothing.
  return format.format(Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value).replace('-', '−');
}

/** A distance: whole units, a tenth of them where there are few. */
export function units(value: number): string {
  return fixed(value, Math.abs(value) < 10 ? 1 : 0);
}

/** Three significant digits, whatever the size. */
export function significant(value: number): string {
  if (value === 0) return '0';
  const power = Math.floor(Math.log10(Math.abs(value)));
  if (power >= 7 || power < -4) {
    const [mantissa, exponent] = value.toExponential(1).replaceAll('-', '−').split('e');
    return `${mantissa} × 10^${exponent!.replace('+', '')}`;
  }
  return fixed(value, Math.max(0, 2 - power));
}

/** At an axis: {@link significant}, and no zeros after the last digit. */
export function tick(value: number): string {
  const text = significant(value);
  return text.includes('.') && !text.includes('^') ? text.replace(/\.?0+$/, '') : text;
}

/** A count of control steps of an evolution run. */
export function millions(steps: number): string {
  return steps < 1e6 ? fixed(steps, 0) : `${fixed(steps / 1e6, 1)} million`;
}

/** `1,051 ± 113`. */
export function plusMinus({ mean, sd, count }: MeanEstimate): string {
  return count === 1 ? units(mean) : `${units(mean)} ± ${units(sd)}`;
}

/** `[1,029, 1,073]`. */
export function interval([low, high]: readonly [number, number]): string {
  return `[${units(low)}, ${units(high)}]`;
}

/** `1,051 ± 113 [1,029, 1,073]`. */
export function withInterval(estimate: MeanEstimate): string {
  return `${plusMinus(estimate)}${estimate.interval ? ` ${interval(estimate.interval)}` : ''}`;
}

export function percent(share: number): string {
  return `${fixed(100 * share, 0)} %`;
}

/** `98 of 100 [93 %, 99 %]`. */
export function share({ count, of, interval: [low, high] }: ShareEstimate): string {
  return `${fixed(count, 0)} of ${fixed(of, 0)} [${percent(low)}, ${percent(high)}]`;
}

/** Of a life of so many control steps, `17.3 m, 1.05 m/s`. */
export function inMetres(distance: number, steps: number): string {
  const metres = distance * CONTROL_PERIOD;
  return `${fixed(metres, Math.abs(metres) < 10 ? 2 : 1)} m, ${fixed(distance / steps, 2)} m/s`;
}

export function plural(count: number, one: string, several = `${one}s`): string {
  return `${fixed(count, 0)} ${count === 1 ? one : several}`;
}

/** Minutes and hours where seconds are many. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${significant(seconds)} s`;
  if (seconds < 7200) return `${significant(seconds / 60)} min`;
  return `${significant(seconds / 3600)} h`;
}
