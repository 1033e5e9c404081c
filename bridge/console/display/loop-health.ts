import type { ControllerStatus } from '../../message-map.js';
import { formatNumber, formatRate, formatShare, formatTime, UNKNOWN } from './format.js';

/** How a figure is to be taken; never told by its colour alone. */
export type Level = 'good' | 'attention' | 'bad' | 'unknown';

export interface HealthRow {
  readonly label: string;
  readonly value: string;
  readonly level: Level;
}

/** What each state means to who stands beside the robot. */
const STATES: Readonly<Record<ControllerStatus['state'], { readonly words: string; readonly level: Level }>> =
  {
    unconfigured: { words: 'not configured', level: 'attention' },
    inactive: { words: 'inactive', level: 'attention' },
    waiting: { words: 'waiting for the robot', level: 'attention' },
    fading: { words: 'fading in', level: 'attention' },
    running: { words: 'running', level: 'good' },
    holding: { words: 'holding', level: 'attention' },
    damped: { words: 'damped', level: 'bad' },
    stopped: { words: 'STOPPED', level: 'bad' },
    finalized: { words: 'shut down', level: 'bad' },
  };

export function describeState(status: ControllerStatus | undefined): {
  words: string;
  level: Level;
  reason: string;
} {
  if (!status) return { words: 'nothing heard', level: 'unknown', reason: 'no status of a controller yet' };
  return { ...STATES[status.state], reason: status.reason };
}

/** The controller's loop in figures. Rates and periods are judged against each other, and by what is plainly late. */
export function describeHealth(status: ControllerStatus | undefined): HealthRow[] {
  if (!status) return [];
  const { inputRate, outputRate, stateAge, overruns, missedPeriods, stepTime, jitter, plasticity } = status;
  const period = outputRate === null || outputRate === 0 ? NaN : 1 / outputRate;
  return [
    { label: 'states in', value: formatRate(inputRate), level: rateLevel(inputRate, outputRate) },
    { label: 'commands out', value: formatRate(outputRate), level: known(outputRate) },
    {
      label: 'age of state',
      value: formatTime(stateAge),
      level: stateAge === null ? 'unknown' : stateAge > 3 * period ? 'bad' : 'good',
    },
    {
      label: 'overruns',
      value: missedPeriods > 0 ? `${overruns} (${missedPeriods} periods missed)` : String(overruns),
      level: overruns > 0 ? 'attention' : 'good',
    },
    { label: 'step p50 / p99', value: pair(stepTime), level: lateness(stepTime?.p99, period) },
    { label: 'jitter p50 / p99', value: pair(jitter), level: lateness(jitter?.p99, period) },
    ...describePlasticity(status, plasticity),
  ];
}

function describePlasticity(
  status: ControllerStatus,
  plasticity: ControllerStatus['plasticity'],
): HealthRow[] {
  if (!plasticity) return [];
  const { layerRms, drift, saturation, frozenBy, health } = plasticity;
  return [
    {
      label: 'plasticity',
      value: status.frozen ? `frozen by ${frozenBy.join(', ') || 'nobody known'}` : 'on',
      level: status.frozen ? 'attention' : 'good',
    },
    { label: 'outputs saturated', value: formatShare(saturation), level: known(saturation) },
    {
      label: 'weights, rms',
      value: layerRms.map((value) => formatNumber(value)).join(' · ') || UNKNOWN,
      level: layerRms.includes(null) ? 'bad' : 'good',
    },
    {
      label: 'drift of weights',
      value: drift === null ? UNKNOWN : `${formatShare(drift)}/s`,
      level: known(drift),
    },
    {
      label: 'health of weights',
      value: health === 'healthy' ? 'healthy' : `out of bounds: ${health}`,
      level: health === 'healthy' ? 'good' : health === 'freeze' ? 'attention' : 'bad',
    },
  ];
}

function pair(percentiles: { p50: number; p99: number } | null): string {
  return percentiles ? `${formatTime(percentiles.p50)} / ${formatTime(percentiles.p99)}` : UNKNOWN;
}

function known(value: number | null): Level {
  return value === null ? 'unknown' : 'good';
}

function rateLevel(inputRate: number | null, outputRate: number | null): Level {
  if (inputRate === null) return 'unknown';
  return outputRate !== null && inputRate < 0.8 * outputRate ? 'attention' : 'good';
}

/** A tenth of the period is noticed, half of it is bad. */
function lateness(value: number | undefined, period: number): Level {
  if (value === undefined || !Number.isFinite(period)) return 'unknown';
  return value > period / 2 ? 'bad' : value > period / 10 ? 'attention' : 'good';
}
