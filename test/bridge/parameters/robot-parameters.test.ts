import { describe, expect, it } from 'vitest';
import { parseNodeParameters, robotParameters } from '../../../bridge/parameters/index.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

const ant = (values: Readonly<Record<string, unknown>> = {}) =>
  robotParameters(
    parseNodeParameters(Object.entries(values).map(([name, value]) => ({ name, value, source: '-p' }))),
    ANT_CONTRACT,
  );

describe('what parameters say of a robot', () => {
  it('is the contract of the bundle when nothing is set', () => {
    expect(ant()).toEqual({
      joints: ANT_CONTRACT.joints.map((joint) => ({ joint, name: joint.name, sign: 1, scale: 1, offset: 0 })),
      footNames: ANT_CONTRACT.feet,
      controlPeriod: ANT_CONTRACT.controlPeriod,
    });
  });

  it('maps joints by name, in the order of the contract', () => {
    const { joints } = ant({
      'joints.left_back_hip.name': 'LH_HAA',
      'joints.left_back_hip.sign': -1,
      'joints.left_back_hip.scale': 2,
      'joints.left_back_hip.offset': 0.1,
      'joints.left_back_hip.effort_limit': 40,
      'joints.left_front_hip.name': 'LF_HAA',
    });
    expect(joints.map(({ joint }) => joint.name)).toEqual(ANT_CONTRACT.joints.map(({ name }) => name));
    expect(joints[0]).toMatchObject({ name: 'LF_HAA', sign: 1 });
    expect(joints[4]).toEqual({
      joint: { ...ANT_CONTRACT.joints[4]!, effortLimit: 40 },
      name: 'LH_HAA',
      sign: -1,
      scale: 2,
      offset: 0.1,
    });
  });

  it('takes a control period and feet of its own', () => {
    const feet = [...ANT_CONTRACT.feet].reverse();
    expect(ant({ control_period: 0.005, 'input.foot_names': feet })).toMatchObject({
      controlPeriod: 0.005,
      footNames: feet,
    });
  });

  it('refuses a foot that the robot of the bundle does not have', () => {
    expect(() => ant({ 'input.foot_names': ['tail', ...ANT_CONTRACT.feet] })).toThrow(
      "input.foot_names: there is no foot 'tail'; name each of left_front_foot",
    );
  });

  it('lets two joints swap their names', () => {
    const { joints } = ant({
      'joints.left_front_hip.name': 'right_front_hip',
      'joints.right_front_hip.name': 'left_front_hip',
    });
    expect(joints[0]!.name).toBe('right_front_hip');
    expect(joints[2]!.name).toBe('left_front_hip');
  });

  it.each([
    ['joints.left_frnt_hip.sign', 1, "no joint 'left_frnt_hip'; did you mean left_front_hip?"],
    ['joints.elbow.sign', 1, "no joint 'elbow'; there are left_front_hip, "],
    [
      'joints.left_front_hip.name',
      'left_back_hip',
      "left_front_hip and left_back_hip are both 'left_back_hip'",
    ],
    ['input.foot_names', ['left_front_foot'], "lacks 'right_front_foot'"],
    ['input.foot_names', [...ANT_CONTRACT.feet, 'left_front_foot'], "'left_front_foot' stands there twice"],
  ])('refuses %s = %s: %s', (name, value, said) => {
    const parameters = () => ant({ [name]: value });
    expect(parameters).toThrow(said);
    expect(parameters).toThrow(`-p: ${name}`);
  });

  it('tells all problems at once, one a line', () => {
    const parameters = () =>
      ant({ 'joints.elbow.sign': 1, 'joints.knee.sign': 1, 'input.foot_names': ANT_CONTRACT.feet.slice(1) });
    expect(parameters).toThrow(/^.*elbow.*\n.*knee.*\n.*left_front_foot.*$/);
  });
});
