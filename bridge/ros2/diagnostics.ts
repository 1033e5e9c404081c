import { formatPerturbation } from '../../policy/perturbation/index.js';
import type { ControllerStatus } from '../message-map.js';
import type { StatePart } from './robot-state-assembler.js';

/** diagnostic_msgs/DiagnosticStatus levels. */
const LEVEL = { ok: 0, warn: 1, error: 2, stale: 3 } as const;

export interface DiagnosedMoment {
  /** Name of the node, with its namespace. */
  readonly node: string;
  readonly bundle: string;
  /** s, ROS time. */
  readonly stamp: number;
  /** undefined: the node is not configured. */
  readonly status: ControllerStatus | undefined;
  readonly partAges: readonly { readonly part: StatePart; readonly age: number }[];
  /** Why the node is not what it should be beyond its controller; empty: it is. */
  readonly trouble: string;
}

/** A diagnostic_msgs/DiagnosticArray (REP-107). */
export function diagnosticArray(moment: DiagnosedMoment): object {
  const { node, status, stamp, trouble } = moment;
  const sec = Math.floor(stamp);
  return {
    header: { stamp: { sec, nanosec: Math.floor((stamp - sec) * 1e9) }, frame_id: '' },
    status: [
      {
        // A stop stays an error, whatever else is the matter.
        level: Math.max(levelOf(status), trouble === '' ? LEVEL.ok : LEVEL.warn),
        name: `${node}: controller`,
        message: `${status ? `${status.state}: ${status.reason}` : 'unconfigured'}${trouble === '' ? '' : `; ${trouble}`}`,
        hardware_id: '',
        values: values(moment).map(([key, value]) => ({ key, value })),
      },
    ],
  };
}

function levelOf(status: ControllerStatus | undefined): number {
  if (!status) return LEVEL.ok;
  if (status.latched !== null) return LEVEL.error;
  switch (status.state) {
    case 'holding':
      return status.stateAge === null ? LEVEL.stale : LEVEL.warn;
    case 'waiting':
    case 'damped':
      return LEVEL.warn;
    case 'stopped':
      return LEVEL.error;
    default:
      return status.plasticity?.health === 'freeze' ? LEVEL.warn : LEVEL.ok;
  }
}

function values({ status, partAges, bundle }: DiagnosedMoment): [string, string][] {
  const ages = partAges.map(({ part, age }): [string, string] => [`age of ${part} (s)`, number(age)]);
  if (!status) return [['bundle', bundle], ...ages];
  const { plasticity, stepTime, jitter } = status;
  return [
    ['state', status.state],
    ['reason', status.reason],
    ['latched', status.latched ?? ''],
    ['bundle', bundle],
    ['rate in (Hz)', number(status.inputRate)],
    ['rate out (Hz)', number(status.outputRate)],
    ['age of state (s)', number(status.stateAge)],
    ...ages,
    ['steps', String(status.steps)],
    ['safe steps', String(status.safeSteps)],
    ['overruns', String(status.overruns)],
    ['missed periods', String(status.missedPeriods)],
    ['jitter p50 (ms)', number(jitter && jitter.p50 * 1000)],
    ['jitter p99 (ms)', number(jitter && jitter.p99 * 1000)],
    ['step time p50 (ms)', number(stepTime && stepTime.p50 * 1000)],
    ['step time p99 (ms)', number(stepTime && stepTime.p99 * 1000)],
    ['weights rms', number(status.weightRms)],
    ...(plasticity
      ? ([
          ['weights rms of layers', plasticity.layerRms.map(number).join(' ')],
          ['weight drift (1/s)', number(plasticity.drift)],
          ['saturated outputs', number(plasticity.saturation)],
          ['plasticity health', plasticity.health],
        ] as [string, string][])
      : []),
    ['plasticity', status.frozen ? `frozen by ${plasticity?.frozenBy.join(', ') || 'the rule'}` : 'on'],
    ['perturbations', status.activePerturbations.map((active) => formatPerturbation(active)).join(' ')],
  ];
}

function number(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '-' : String(Number(value.toPrecision(4)));
}
