import { describe, expect, it } from 'vitest';
import { describeHealth, describeState } from '../../../bridge/console/display/loop-health.js';
import {
  choosePerturbation,
  kindsOf,
  offerFor,
} from '../../../bridge/console/display/perturbation-choice.js';
import { RequestLog } from '../../../bridge/console/display/request-log.js';
import { SHOWN, WalkTrace } from '../../../bridge/console/display/walk-trace.js';
import { PageModel } from '../../../bridge/console/page-model.js';
import type { ControllerStatus } from '../../../bridge/message-map.js';
import { PERTURBATION_KINDS } from '../../../policy/perturbation/index.js';

const STATUS: ControllerStatus = {
  stamp: 10,
  time: 9,
  state: 'running',
  reason: 'in control',
  latched: null,
  steps: 500,
  safeSteps: 10,
  overruns: 0,
  missedPeriods: 0,
  stateAge: 0.008,
  inputRate: 60.6,
  outputRate: 60.6,
  stepTime: { p50: 0.0001, p99: 0.0004 },
  jitter: { p50: 0.0001, p99: 0.0005 },
  plasticity: { layerRms: [30, 31, 40], drift: 0.05, saturation: 0.99, frozenBy: [], health: 'healthy' },
  weightRms: 31,
  frozen: false,
  goalHeading: 0,
  activePerturbations: [],
};

function levels(status: ControllerStatus): Record<string, string> {
  return Object.fromEntries(describeHealth(status).map(({ label, level }) => [label, level]));
}

function robotState(stamp: number, x: number, episode = 0) {
  return {
    stamp,
    episode,
    joints: {
      names: [],
      position: new Float64Array(),
      velocity: new Float64Array(),
      effort: new Float64Array(),
    },
    torso: {
      position: Float64Array.of(x, 0, 0.6),
      orientation: Float64Array.of(0, 0, 0, 1),
      linearVelocity: new Float64Array(3),
    },
    feet: { names: [], contact: new Float64Array() },
  };
}

describe("the controller's loop", () => {
  it('is all good where nothing is late', () => {
    expect(new Set(Object.values(levels(STATUS)))).toEqual(new Set(['good']));
  });

  it.each<[string, Partial<ControllerStatus>, string, string]>([
    ['states that come too seldom', { inputRate: 40 }, 'states in', 'attention'],
    ['a state of three periods ago', { stateAge: 0.06 }, 'age of state', 'bad'],
    ['no state at all', { stateAge: null }, 'age of state', 'unknown'],
    ['overruns', { overruns: 3 }, 'overruns', 'attention'],
    ['jitter of half a period', { jitter: { p50: 0.001, p99: 0.009 } }, 'jitter p50 / p99', 'bad'],
    ['steps of a tenth of a period', { stepTime: { p50: 0.001, p99: 0.002 } }, 'step p50 / p99', 'attention'],
    ['weights held still', { frozen: true }, 'plasticity', 'attention'],
  ])('tells %s', (_, change, label, level) => {
    expect(levels({ ...STATUS, ...change })[label]).toBe(level);
  });

  it('has no rows about weights where there are none', () => {
    expect(levels({ ...STATUS, plasticity: null })).not.toHaveProperty('plasticity');
  });

  it('says its state in words, and that nothing was heard yet', () => {
    expect(describeState(STATUS)).toEqual({ words: 'running', level: 'good', reason: 'in control' });
    expect(describeState({ ...STATUS, state: 'stopped' }).level).toBe('bad');
    expect(describeState(undefined).words).toBe('nothing heard');
  });
});

describe('the trace of the walk', () => {
  it('has the speed over half a second, and the distance', () => {
    const trace = new WalkTrace();
    for (let k = 0; k <= 200; k++) trace.add(k / 100, 0, k / 50);
    expect(trace.travelled).toBeCloseTo(4);
    expect(trace.speed).toBeCloseTo(2);
    expect(trace.columns().times.at(-1)).toBeCloseTo(0);
  });

  it('does not count the way back to the start of another episode', () => {
    const trace = new WalkTrace();
    trace.add(0, 0, 0);
    trace.add(1, 0, 5);
    trace.add(2, 1, 0);
    trace.add(3, 1, 1);
    expect(trace.travelled).toBeCloseTo(6);
  });

  it('forgets what is older than a minute, marks too', () => {
    const trace = new WalkTrace();
    trace.add(0, 0, 0);
    trace.mark('old');
    for (let k = 1; k <= 2 * SHOWN; k++) trace.add(k, 0, k);
    trace.mark('new');
    expect(trace.columns().times[0]).toBeGreaterThanOrEqual(-SHOWN);
    expect(trace.markers.map(({ text }) => text)).toEqual(['new']);
  });

  it("begins again where the robot's clock went back", () => {
    const trace = new WalkTrace();
    trace.add(100, 0, 50);
    trace.add(101, 0, 60);
    trace.add(1, 0, 3);
    expect(trace.travelled).toBe(0);
    expect(trace.columns().times).toHaveLength(1);
  });
});

describe('the page', () => {
  const leg = {
    id: 'a',
    component: 'leg',
    type: 'shorten',
    target: 'left_back',
    value: 0.1,
    start: 0,
    duration: 5,
  } as const;

  it('marks a perturbation once, when it begins', () => {
    const page = new PageModel();
    page.hearState(robotState(1, 0), 0);
    page.hearStatus(STATUS);
    page.hearStatus({ ...STATUS, activePerturbations: [leg] });
    page.hearStatus({ ...STATUS, activePerturbations: [leg] });
    expect(page.trace.markers.map(({ text }) => text)).toEqual(['leg:left_back:shorten=0.1']);
  });

  it('marks other rules, and not those that it finds', () => {
    const page = new PageModel();
    page.hearState(robotState(1, 0), 0);
    for (const name of ['ant', 'ant', 'other']) page.runBundle(name);
    expect(page.trace.markers.map(({ text }) => text)).toEqual(['rules: other']);
  });

  it('shows the foot short while it lasts, and whole after it', () => {
    const page = new PageModel();
    page.hearStatus({ ...STATUS, activePerturbations: [leg] });
    expect(page.damage.footLength).toEqual([0.4, 0.4, 0.1, 0.4]);
    page.hearStatus(STATUS);
    expect(page.damage.footLength).toEqual([0.4, 0.4, 0.4, 0.4]);
  });

  it('says that a state is stale after half a second, and before the first', () => {
    const page = new PageModel();
    expect(page.stale(0)).toBe(true);
    page.hearState(robotState(1, 0), 10);
    expect(page.stale(10.4)).toBe(false);
    expect(page.stale(10.6)).toBe(true);
  });

  it('begins another path of the weights with another episode', () => {
    const page = new PageModel();
    const weights = { stamp: 0, layers: [{ pre: 1, post: 2, values: Float32Array.of(1, 2) }] };
    page.hearState(robotState(1, 0), 0);
    for (let k = 0; k < 3; k++) page.hearWeights(weights);
    expect(page.path.project()?.samples).toBe(3);
    page.hearState(robotState(2, 0, 1), 1);
    expect(page.path.project()).toBeUndefined();
  });
});

describe('the form', () => {
  it.each(PERTURBATION_KINDS.map((kind) => [`${kind.component}:${kind.type}`, kind] as const))(
    'asks for %s in a way that the controller takes',
    (_, kind) => {
      const { targets, takesDuration } = offerFor(kind, 3);
      const value = kind.value ? String(kind.value.minimum) : '';
      const { component, type } = kind;
      const fields = { component, type, target: targets[0] ?? '', value, duration: takesDuration ? '5' : '' };
      expect(choosePerturbation(fields, 'a', 3)).toMatchObject({ accepted: true });
    },
  );

  it('says what is wrong with a value', () => {
    const fields = {
      component: 'joint',
      type: 'weak',
      target: 'left_back_hip',
      value: '7',
      duration: '',
    } as const;
    expect(choosePerturbation(fields, 'a', 3)).toMatchObject({ code: 'ERR_PERTURBATION_VALUE' });
    expect(choosePerturbation({ ...fields, value: 'x' }, 'a', 3)).toMatchObject({
      code: 'ERR_PERTURBATION_VALUE',
    });
  });

  it('offers as many layers as there are', () => {
    const [zero] = kindsOf('weights');
    expect(offerFor(zero!, 2).targets).toEqual(['layer_1', 'layer_2']);
  });
});

describe('the log', () => {
  it('shows what was asked until it is answered, newest first', () => {
    const log = new RequestLog();
    const first = log.ask('a', 'freeze', '10:00:00');
    log.ask('b', 'thaw', '10:00:01');
    log.answer(first, { accepted: false, code: 'ERR_X', reason: 'no' });
    expect(log.entries).toMatchObject([
      { text: 'thaw', outcome: 'asked' },
      { text: 'freeze', outcome: 'refused', reason: 'ERR_X: no' },
    ]);
  });

  it('tells answers to others, but its own only once', () => {
    const log = new RequestLog();
    log.ask('a', 'freeze', '10:00:00');
    log.overhear({ id: 'a', from: 'controller', accepted: true, reason: '' }, '10:00:01');
    log.overhear({ id: 'key-1', from: 'robot', accepted: true, reason: '' }, '10:00:02');
    expect(log.entries.map(({ text }) => text)).toEqual([
      'from elsewhere: key-1 (answer of the robot)',
      'freeze',
    ]);
  });

  it('tells that there was no answer, and keeps no more than a hundred', () => {
    const log = new RequestLog();
    for (let k = 0; k < 150; k++) log.notice(String(k), '');
    const number = log.ask('a', 'freeze', '');
    log.answer(number, { problem: 'no answer within 5 s' });
    expect(log.entries).toHaveLength(100);
    expect(log.entries[0]).toMatchObject({ outcome: 'unanswered', reason: 'no answer within 5 s' });
  });
});
