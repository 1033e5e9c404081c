import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  LARGEST_SCHEDULE,
  PerturbationSchedule,
  type Perturbation,
  type PerturbationEffects,
} from '../../../policy/perturbation/index.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { acceptable, perturbation } from './examples.js';

const weak = perturbation({
  id: 'weak',
  component: 'joint',
  type: 'weak',
  target: 'left_front_hip',
  value: 0.5,
});
const zero = perturbation({ id: 'zero', component: 'weights', type: 'zero', value: 0.33 });

describe('the schedule of perturbations', () => {
  let schedule: PerturbationSchedule;
  let log: string[];
  let effects: PerturbationEffects;
  beforeEach(() => {
    schedule = new PerturbationSchedule(ANT_CONTRACT);
    log = [];
    effects = {
      begin: ({ id }) => log.push(`begin ${id}`),
      end: ({ id }) => log.push(`end ${id}`),
    };
  });
  /** What began and ended in an update at `time`. */
  const at = (time: number) => {
    log = [];
    schedule.update(time, effects);
    return log;
  };

  it('begins at the start and ends after the duration', () => {
    expect(schedule.add({ ...weak, start: 2, duration: 3 }, 0)).toBeUndefined();
    expect(at(1.9)).toEqual([]);
    expect(schedule.active).toEqual([]);
    expect(at(2)).toEqual(['begin weak']);
    expect(schedule.active.map(({ id }) => id)).toEqual(['weak']);
    expect(at(4.9)).toEqual([]);
    expect(at(5)).toEqual(['end weak']);
    expect(schedule.active).toEqual([]);
    expect(schedule.has('weak')).toBe(false);
  });

  it('begins at once what should have begun already, for the whole of its duration', () => {
    schedule.add({ ...weak, start: 2, duration: 3 }, 10);
    expect(at(10)).toEqual(['begin weak']);
    expect(at(12.9)).toEqual([]);
    expect(at(13)).toEqual(['end weak']);
  });

  it('lets what has no duration last until somebody ends it', () => {
    schedule.add(weak, 0);
    at(0);
    expect(at(1e9)).toEqual([]);
    expect(schedule.end('weak')).toBeUndefined();
    expect(at(1e9)).toEqual(['end weak']);
  });

  it('does at once what has nothing to end', () => {
    schedule.add({ ...zero, start: 1 }, 0);
    expect(at(1)).toEqual(['begin zero']);
    expect(schedule.active).toEqual([]);
    expect(schedule.add({ ...zero, start: 2 }, 1)).toBeUndefined();
    expect(at(2)).toEqual(['begin zero']);
  });

  it('never begins what was ended before its start', () => {
    schedule.add({ ...weak, start: 2 }, 0);
    schedule.end('weak');
    expect(at(3)).toEqual([]);
    expect(schedule.has('weak')).toBe(false);
  });

  it('gives one whose time fell between two updates the time until the next', () => {
    schedule.add({ ...weak, start: 1, duration: 0.001 }, 0);
    expect(at(5)).toEqual(['begin weak']);
    expect(at(5.1)).toEqual(['end weak']);
  });

  it('ends the one before it begins the next of the same thing', () => {
    schedule.add({ ...weak, start: 1, duration: 1 }, 0);
    expect(schedule.add({ ...weak, id: 'next', start: 2 }, 0)).toBeUndefined();
    at(1);
    expect(at(2)).toEqual(['end weak', 'begin next']);
  });

  it('ends all that are active when asked to, and keeps what is to come', () => {
    schedule.add(weak, 0);
    schedule.add(perturbation({ id: 'later', component: 'outputs', type: 'off', start: 9 }), 0);
    at(0);
    schedule.endActive();
    expect(at(1)).toEqual(['end weak']);
    expect(at(9)).toEqual(['begin later']);
  });

  it.each([
    ['the same joint', weak, 'the actuator of left_front_hip'],
    [
      'its leg',
      perturbation({ component: 'leg', type: 'off', target: 'left_front' }),
      'the actuator of left_front_hip',
    ],
  ])('refuses a second one of %s at the same time', (_, second, held) => {
    schedule.add({ ...weak, start: 1, duration: 2 }, 0);
    const overlapping = { ...second, id: 'second', start: 2, duration: 5 };
    expect(schedule.add(overlapping, 0)).toEqual({
      accepted: false,
      code: 'ERR_PERTURBATION_OVERLAP',
      reason: `${held} is held by 'weak' at that time; begin at 3 s or later`,
    });
    expect(schedule.add({ ...overlapping, start: 3 }, 0)).toBeUndefined();
  });

  it('allows different things at the same time', () => {
    const others = [
      perturbation({ component: 'joint', type: 'locked', target: 'left_front_hip' }),
      perturbation({ component: 'leg', type: 'shorten', target: 'left_front', value: 0.1 }),
      perturbation({ component: 'joint', type: 'off', target: 'left_front_ankle' }),
      perturbation({ component: 'outputs', type: 'weak', value: 0.5 }),
      perturbation({ component: 'sensor', type: 'drop', target: 'roll', value: 1 }),
      perturbation({ component: 'sensor', type: 'drop', target: 'pitch', value: 1 }),
      perturbation({ component: 'plasticity', type: 'freeze' }),
      zero,
      { ...zero, id: 'again' },
    ];
    for (const other of [weak, ...others]) expect(schedule.add(other, 0)).toBeUndefined();
    expect(schedule.add(perturbation({ component: 'sensor', type: 'noise', value: 0.1 }), 0)?.reason).toBe(
      "the sensor roll is held by 'sensor-drop-roll' at that time; end 'sensor-drop-roll' first",
    );
  });

  it('refuses an id that is in use, and more than it can hold', () => {
    schedule.add(weak, 0);
    expect(schedule.add({ ...zero, id: 'weak' }, 0)?.code).toBe('ERR_PERTURBATION_OVERLAP');
    for (let n = 1; n < LARGEST_SCHEDULE; n++) {
      expect(schedule.add({ ...zero, id: `zero ${n}`, start: 5 }, 0)).toBeUndefined();
    }
    expect(schedule.add({ ...zero, id: 'one too many' }, 0)?.reason).toContain('end one first');
  });

  it('refuses to end what it does not know, naming what it does', () => {
    expect(schedule.end('nothing')).toMatchObject({
      code: 'ERR_PERTURBATION_UNKNOWN',
      reason: "no perturbation 'nothing'; there is none",
    });
    schedule.add(weak, 0);
    expect(schedule.end('nothing')?.reason).toBe("no perturbation 'nothing'; there are 'weak'");
  });

  it('ends every time-boxed one it took in, once and after its beginning, whatever else there is', () => {
    const requests = fc.array(
      fc.tuple(acceptable, fc.integer({ min: 0, max: 30 }), fc.double({ min: 0.1, max: 9 })),
    );
    fc.assert(
      fc.property(requests, (asked) => {
        schedule = new PerturbationSchedule(ANT_CONTRACT);
        const begun: Perturbation[] = [];
        const ended: Perturbation[] = [];
        const bookkeeping: PerturbationEffects = {
          begin: (one) => begun.push(one),
          end: (one) => {
            expect(begun).toContain(one);
            ended.push(one);
          },
        };
        const taken = asked.flatMap(([one, start, duration], n) => {
          const instant = one.component === 'weights';
          const boxed = { ...one, id: `${n}`, start, ...(instant ? {} : { duration }) };
          return schedule.add(boxed, 0) === undefined ? [boxed] : [];
        });
        for (let time = 0; time <= 45; time += 0.25) schedule.update(time, bookkeeping);
        expect(new Set(begun)).toEqual(new Set(taken));
        expect(begun).toHaveLength(taken.length);
        expect(new Set(ended)).toEqual(new Set(taken.filter(({ component }) => component !== 'weights')));
        expect(schedule.active).toEqual([]);
      }),
    );
  });
});
