/** What stands where nothing is known. */
export const UNKNOWN = '–';

/** A number of three significant digits, without an exponent where it can be avoided. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(1);
  if (size >= 100) return value.toFixed(0);
  return Number(value.toPrecision(3)).toString();
}

/** A number of two decimals, for a text that changes often. */
export function formatFixed(value: number): string {
  // Not -0.00.
  return Number.isFinite(value) ? (Math.round(value * 100) / 100 + 0).toFixed(2) : UNKNOWN;
}

/** A short time: 12 µs, 3.4 ms, 2.5 s. */
export function formatTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 0.9995e-3) return `${formatNumber(Math.round(seconds * 1e6))} µs`;
  if (seconds < 0.9995) return `${formatNumber(seconds * 1e3)} ms`;
  return `${formatNumber(seconds)} s`;
}

/** How long ago something was, for a text that changes often: steady in its width. */
export function formatAge(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return `${Math.floor(seconds / 60)} min`;
}

export function formatRate(perSecond: number | null | undefined): string {
  const text = formatNumber(perSecond);
  return text === UNKNOWN ? text : `${text} Hz`;
}

export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return UNKNOWN;
  return `${(100 * share).toFixed(0)} %`;
}

/** `left_front_hip` as people say it. */
export function spoken(name: string): string {
  return name.replaceAll('_', ' ').replaceAll('-', ' ');
}

/** 14:03:07 */
export function formatClock(time: {
  getHours(): number;
  getMinutes(): number;
  getSeconds(): number;
}): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
