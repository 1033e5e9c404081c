import { describe, expect, it } from 'vitest';
import type { ControllerStatus } from '../../../bridge/message-map.js';
import { diagnosticArray, type DiagnosedMoment } from '../../../bridge/ros2/diagnostics.js';
import { exampleMessages } from '../../contract/transport-contract.js';

const OK = 0;
const WARN = 1;
const ERROR = 2;
const STALE = 3;

const RUNNING: ControllerStatus = exampleMessages().status;

interface Told {
  readonly level: number;
  readonly name: string;
  readonly message: string;
  readonly values: readonly { readonly key: string; readonly value: string }[];
}

function diagnose(
  status: Partial<ControllerStatus> | undefined,
  moment: Partial<DiagnosedMoment> = {},
): Told {
  const array = diagnosticArray({
    node: '/robot1/hebbridge',
    bundle: 'ant.safetensors',
    stamp: 12.25,
    status: status && { ...RUNNING, ...status },
    partAges: [],
    trouble: '',
    ...moment,
  }) as { status: [Told] };
  return array.status[0];
}

describe('what the node says on /diagnostics', () => {
  it('is every figure of the controller, in words and units that people read', () => {
    const perturbation = {
      id: 'first',
      component: 'joint',
      type: 'weak',
      target: 'left_front_hip',
      value: 0.5,
      start: 3,
      duration: 2,
    } as const;
    const told = diagnose(
      { activePerturbations: [perturbation] },
      {
        partAges: [
          { part: 'imu', age: 0.01234567 },
          { part: 'odom', age: Infinity },
        ],
      },
    );
    expect(told).toMatchObject({
      level: OK,
      name: '/robot1/hebbridge: controller',
      message: 'running: in control',
    });
    expect(Object.fromEntries(told.values.map(({ key, value }) => [key, value]))).toEqual({
      state: 'running',
      reason: 'in control',
      latched: '',
      bundle: 'ant.safetensors',
      'rate in (Hz)': '60',
      'rate out (Hz)': '60.5',
      'age of state (s)': '0.0165',
      'age of imu (s)': '0.01235',
      'age of odom (s)': '-',
      steps: '180',
      'safe steps': '2',
      overruns: '1',
      'missed periods': '1',
      'jitter p50 (ms)': '0.1',
      'jitter p99 (ms)': '0.2',
      'step time p50 (ms)': '0.05',
      'step time p99 (ms)': '0.1',
      'weights rms': '0.75',
      'weights rms of layers': '0.5 1 -',
      'weight drift (1/s)': '0.01',
      'saturated outputs': '0.75',
      'plasticity health': 'healthy',
      plasticity: 'on',
      perturbations: 'joint:left_front_hip:weak=0.5@3+2',
    });
  });

  it('leaves out what a policy without weights does not have, and what is not known yet', () => {
    const values = new Map(
      diagnose({ plasticity: null, weightRms: null, frozen: true, jitter: null, inputRate: null }).values.map(
        ({ key, value }) => [key, value],
      ),
    );
    expect(values.has('plasticity health')).toBe(false);
    expect(values.get('weights rms')).toBe('-');
    expect(values.get('jitter p99 (ms)')).toBe('-');
    expect(values.get('rate in (Hz)')).toBe('-');
    expect(values.get('plasticity')).toBe('frozen by the rule');
  });

  it('tells who froze the weights', () => {
    const plasticity = { ...RUNNING.plasticity!, frozenBy: ['operator', 'perturbation'] as const };
    const { values } = diagnose({ frozen: true, plasticity });
    expect(values).toContainEqual({ key: 'plasticity', value: 'frozen by operator, perturbation' });
  });

  it('is stamped in seconds and nanoseconds', () => {
    const array = diagnosticArray({
      node: '/n',
      bundle: '',
      stamp: 1.7e9 + 0.5,
      status: undefined,
      partAges: [],
      trouble: '',
    });
    expect(array).toMatchObject({ header: { stamp: { sec: 1.7e9, nanosec: 500_000_000 } } });
  });

  it.each([
    ['running', {}, OK],
    ['fading', { state: 'fading' }, OK],
    ['inactive', { state: 'inactive' }, OK],
    ['waiting', { state: 'waiting' }, WARN],
    ['holding', { state: 'holding' }, WARN],
    ['holding, and no state ever came', { state: 'holding', stateAge: null }, STALE],
    ['damped', { state: 'damped' }, WARN],
    ['stopped', { state: 'stopped' }, ERROR],
    ['inactive with a latched stop', { state: 'inactive', latched: 'emergency stop' }, ERROR],
    ['frozen for its health', { plasticity: { ...RUNNING.plasticity!, health: 'freeze' } }, WARN],
  ] as const)('has the level of a controller that is %s', (_name, status, level) => {
    expect(diagnose(status).level).toBe(level);
  });

  it('is no warning of a node that is not configured', () => {
    expect(diagnose(undefined)).toMatchObject({ level: OK, message: 'unconfigured' });
  });

  it('warns of trouble around the controller, and says it beside its state', () => {
    const told = diagnose({}, { trouble: '/clock is silent for 3 s' });
    expect(told).toMatchObject({ level: WARN, message: 'running: in control; /clock is silent for 3 s' });
  });

  it('never makes less of a stop because there is other trouble too', () => {
    expect(
      diagnose({ state: 'stopped', latched: 'emergency stop' }, { trouble: '/clock is silent' }).level,
    ).toBe(ERROR);
  });
});
