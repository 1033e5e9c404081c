import { describe, expect, it } from 'vitest';
import { RobotStateReader } from '../../../bridge/input/robot-state-reader.js';
import type { RobotStateAssembler } from '../../../bridge/ros2/robot-state-assembler.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { ANT_JOINTS, antParameters, assemblerOf, imu, jointState, odometry } from './robot-states.js';

const STANDING = [1, 1, 1, 1];

/** All parts but the joints, now. */
function takeOthers(assembler: RobotStateAssembler, now = 0): void {
  assembler.takeImu(imu(), now);
  assembler.takeOdometry(odometry(), now);
  assembler.takeFootContacts(STANDING, now);
}

/** The state that the joints complete, all other parts being there. */
function completed(assembler: RobotStateAssembler, joints = jointState(), now = 0) {
  takeOthers(assembler, now);
  return assembler.takeJointState(joints, now);
}

/** Why the controller does not act upon `state`; undefined: it does, as far as joints and feet go. */
function refusalOf(state: ReturnType<typeof completed>): string | undefined {
  const reader = new RobotStateReader(ANT_CONTRACT);
  reader.read(state!);
  return reader.refusal;
}

function jointOf(state: ReturnType<typeof completed>, name: string) {
  const { names, position, velocity, effort } = state!.joints;
  const at = names.indexOf(name);
  return { position: position[at], velocity: velocity[at], effort: effort[at] };
}

describe('a robot state, put together of ROS 2 messages', () => {
  it('is complete with the joint state, when all other parts are there', () => {
    const assembler = assemblerOf();
    expect(assembler.takeImu(imu(), 0)).toBeUndefined();
    expect(assembler.takeOdometry(odometry(), 0)).toBeUndefined();
    expect(assembler.takeFootContacts(STANDING, 0)).toBeUndefined();
    const state = assembler.takeJointState(jointState(ANT_JOINTS, 7.5), 0)!;
    expect(state.stamp).toBe(7.5);
    expect([...state.torso.position]).toEqual([1, 2, 0.5]);
    expect(state.joints.names).toEqual(ANT_JOINTS);
    expect([...state.feet.contact]).toEqual(STANDING);
  });

  it.each(['imu', 'odom', 'foot_contacts'] as const)('waits for the first %s', (missing) => {
    const assembler = assemblerOf();
    const parts = {
      imu: () => assembler.takeImu(imu(), 0),
      odom: () => assembler.takeOdometry(odometry(), 0),
      foot_contacts: () => assembler.takeFootContacts(STANDING, 0),
    };
    for (const [part, take] of Object.entries(parts)) if (part !== missing) take();
    expect(assembler.takeJointState(jointState(), 0)).toBeUndefined();
    expect(parts[missing]()).toMatchObject({ stamp: 1 });
  });

  it('is told once for each joint state, however often the other parts come', () => {
    const assembler = assemblerOf();
    completed(assembler);
    expect(assembler.takeImu(imu(), 0)).toBeUndefined();
    expect(assembler.takeOdometry(odometry(), 0)).toBeUndefined();
    expect(assembler.takeJointState(jointState(ANT_JOINTS, 2), 0)).toMatchObject({ stamp: 2 });
  });

  it('is not made of a part that is too old, until there is a fresh one', () => {
    const assembler = assemblerOf({ oldestPart: 0.05 });
    takeOthers(assembler, 0);
    assembler.takeImu(imu(), 0.06);
    assembler.takeFootContacts(STANDING, 0.06);
    expect(assembler.takeJointState(jointState(), 0.06)).toBeUndefined();
    expect(assembler.takeOdometry(odometry(), 0.06)).toBeDefined();
  });

  it('says how old each needed part is, infinitely before the first', () => {
    const assembler = assemblerOf();
    assembler.takeImu(imu(), 1);
    expect(assembler.ages(1.5)).toEqual([
      { part: 'joint_states', age: Infinity },
      { part: 'imu', age: 0.5 },
      { part: 'odom', age: Infinity },
      { part: 'foot_contacts', age: Infinity },
    ]);
  });

  it('needs neither an IMU nor feet where the parameters say so', () => {
    const assembler = assemblerOf({ orientation: 'odom', footContacts: false });
    assembler.takeOdometry(odometry([0, 0, 0.6, 0.8]), 0);
    const state = assembler.takeJointState(jointState(), 0)!;
    expect([...state.torso.orientation]).toEqual([0, 0, 0.6, 0.8]);
    expect([...state.feet.contact]).toEqual([0, 0, 0, 0]);
    expect(assembler.ages(0).map(({ part }) => part)).toEqual(['joint_states', 'odom']);
  });

  it('has the orientation of the IMU, not of the odometry, by default', () => {
    const assembler = assemblerOf();
    assembler.takeImu(imu([0, 0, 1, 0]), 0);
    assembler.takeOdometry(odometry([0, 0, 0, 1]), 0);
    assembler.takeFootContacts(STANDING, 0);
    const state = assembler.takeJointState(jointState(), 0)!;
    expect([...state.torso.orientation]).toEqual([0, 0, 1, 0]);
  });

  it('has no orientation that is a rotation while the IMU measures none', () => {
    const assembler = assemblerOf();
    assembler.takeOdometry(odometry(), 0);
    assembler.takeFootContacts(STANDING, 0);
    assembler.takeImu({ ...imu(), orientationMeasured: false }, 0);
    const state = assembler.takeJointState(jointState(), 0)!;
    expect([...state.torso.orientation]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('turns the velocity of the odometry from the frame of the body into that of the world', () => {
    const assembler = assemblerOf();
    takeOthers(assembler);
    // Looks along +y: forward is +y of the world.
    const half = Math.SQRT1_2;
    assembler.takeOdometry(odometry([0, 0, half, half], [2, 0, 0.5]), 0);
    const { linearVelocity } = assembler.takeJointState(jointState(), 0)!.torso;
    [0, 2, 0.5].forEach((value, k) => expect(linearVelocity[k]).toBeCloseTo(value, 12));
  });
});

describe('the joints of a robot state', () => {
  it('are found by name, in whatever order they come', () => {
    const backwards = [...ANT_JOINTS].reverse();
    const state = completed(assemblerOf(), jointState(backwards));
    expect(jointOf(state, backwards[0]!)).toEqual({ position: 0, velocity: 10, effort: 100 });
    expect(jointOf(state, backwards[7]!)).toEqual({ position: 7, velocity: 17, effort: 107 });
  });

  it('are those of the contract; others in the same message are left out', () => {
    const names = ['gripper', ...ANT_JOINTS, 'tail'];
    const state = completed(assemblerOf(), jointState(names));
    expect(state!.joints.names).toEqual(ANT_JOINTS);
    expect(jointOf(state, ANT_JOINTS[0]!)).toMatchObject({ position: 1 });
  });

  it('are not replaced by a message about joints of others on the same topic', () => {
    const assembler = assemblerOf();
    completed(assembler);
    // This one waits for an IMU that is fresh enough.
    expect(assembler.takeJointState(jointState(ANT_JOINTS, 2), 0.06)).toBeUndefined();
    expect(assembler.takeJointState(jointState(['gripper'], 3), 0.06)).toBeUndefined();
    takeOthers(assembler, 0.06);
    const state = assembler.takeJointState(jointState(ANT_JOINTS, 4), 0.07)!;
    expect(state).toMatchObject({ stamp: 4, joints: { names: ANT_JOINTS } });
  });

  it('complete no state with a message of others while their own waits for a part', () => {
    const assembler = assemblerOf();
    completed(assembler);
    assembler.takeJointState(jointState(ANT_JOINTS, 2), 0.06);
    assembler.takeJointState(jointState(['gripper'], 3), 0.06);
    assembler.takeOdometry(odometry(), 0.06);
    assembler.takeFootContacts(STANDING, 0.06);
    expect(assembler.takeImu(imu(), 0.06)).toMatchObject({ stamp: 2, joints: { names: ANT_JOINTS } });
  });

  it('are told as they come when some are missing, for the controller to name them', () => {
    const state = completed(assemblerOf(), jointState(ANT_JOINTS.slice(0, 3)));
    expect(state!.joints.names).toEqual(ANT_JOINTS.slice(0, 3));
  });

  it('have the signs, scales, offsets and names of the parameters, and effort by equal power', () => {
    const robot = antParameters({
      'joints.left_front_hip.name': 'motor_1',
      'joints.left_front_hip.sign': -1,
      'joints.left_front_hip.scale': 2,
      'joints.left_front_hip.offset': 0.25,
    });
    const joints = jointState(['motor_1', ...ANT_JOINTS.slice(1)]);
    joints.position[0] = 0.5;
    joints.velocity[0] = 3;
    joints.effort[0] = 40;
    const turned = jointOf(completed(assemblerOf({ robot }), joints), 'left_front_hip');
    expect(turned).toEqual({ position: -0.75, velocity: -6, effort: -20 });
    expect(turned.velocity! * turned.effort!).toBe(3 * 40);
  });

  it('have no efforts where none are measured, and have them as soon as they are', () => {
    const assembler = assemblerOf();
    const names = ANT_JOINTS;
    const without = { ...jointState(names), effort: new Float64Array(0) };
    expect(completed(assembler, without)!.joints.effort).toHaveLength(0);
    expect([...completed(assembler, jointState(names, 2))!.joints.effort]).toEqual(
      names.map((_, k) => 100 + k),
    );
    expect(completed(assembler, { ...without, stamp: 3 })!.joints.effort).toHaveLength(0);
  });

  it('are not numbers where velocities are not measured', () => {
    const state = completed(assemblerOf(), { ...jointState(), velocity: new Float64Array(0) });
    expect([...state!.joints.velocity]).toEqual(Array(8).fill(NaN));
  });
});

describe('joints that are told twice in one message', () => {
  it('are told to the controller, which refuses them by name', () => {
    const names = [...ANT_JOINTS, ANT_JOINTS[2]!];
    expect(refusalOf(completed(assemblerOf(), jointState(names)))).toBe(`names joint ${ANT_JOINTS[2]} twice`);
  });

  it('do not make up for those that are missing', () => {
    const names = [...ANT_JOINTS.slice(1), ANT_JOINTS[2]!];
    const refusal = refusalOf(completed(assemblerOf(), jointState(names)));
    expect(refusal).toBe(`lacks joint ${ANT_JOINTS[0]}; names joint ${ANT_JOINTS[2]} twice`);
  });
});

describe('an odometry whose orientation is no rotation', () => {
  it.each([
    ['zeros', [0, 0, 0, 0]],
    ['of length 2', [0, 0, 0, 2]],
    ['half as long as it should be', [0.5, 0, 0, 0]],
    ['not a number', [NaN, 0, 0, 1]],
    ['of 1e200', [1e200, 0, 0, 1]],
  ])('%s: there is no velocity, wherever the orientation comes from', (_, orientation) => {
    for (const from of ['imu', 'odom'] as const) {
      const assembler = assemblerOf({ orientation: from });
      takeOthers(assembler);
      assembler.takeOdometry(odometry(orientation), 0);
      const state = assembler.takeJointState(jointState(), 0)!;
      expect([...state.torso.linearVelocity]).toEqual([NaN, NaN, NaN]);
      const reader = new RobotStateReader(ANT_CONTRACT);
      reader.read(state);
      expect(reader.finite).toBe(false);
    }
  });

  it('is taken when it is off by no more than rounding', () => {
    const state = (() => {
      const assembler = assemblerOf();
      takeOthers(assembler);
      assembler.takeOdometry(odometry([0, 0, 0, 1.001], [1, 0, 0]), 0);
      return assembler.takeJointState(jointState(), 0)!;
    })();
    expect([...state.torso.linearVelocity]).toEqual([1, 0, 0]);
  });
});

describe('the feet of a robot state', () => {
  it('touch from the threshold on', () => {
    const assembler = assemblerOf({ contactThreshold: 20 });
    takeOthers(assembler);
    assembler.takeFootContacts([19.9, 20, 0, 300], 0);
    expect([...assembler.takeJointState(jointState(), 0)!.feet.contact]).toEqual([0, 1, 0, 1]);
  });

  it('are no numbers where the message has none', () => {
    const assembler = assemblerOf();
    takeOthers(assembler);
    assembler.takeFootContacts([1, NaN, 0, 0], 0);
    expect([...assembler.takeJointState(jointState(), 0)!.feet.contact]).toEqual([1, NaN, 0, 0]);
  });

  it.each([
    [[], 'lacks foot left_front_foot, right_front_foot, left_back_foot, right_back_foot'],
    [[1, 1, 1], 'lacks foot right_back_foot'],
    [[1, 1, 1, 1, 1], 'has unknown foot number 5 of 5'],
    [Array<number>(100).fill(1), 'has unknown foot number 5 of 100'],
  ] as const)('are those of another robot where there are not as many as feet: %j', (values, refusal) => {
    const assembler = assemblerOf();
    takeOthers(assembler);
    assembler.takeFootContacts(values, 0);
    expect(refusalOf(assembler.takeJointState(jointState(), 0))).toBe(refusal);
    // And those of this robot again with the next message that is right.
    assembler.takeFootContacts(STANDING, 0);
    const state = assembler.takeJointState(jointState(), 0);
    expect(refusalOf(state)).toBeUndefined();
    expect([...state!.feet.contact]).toEqual(STANDING);
  });

  it('are named in the order of the robot', () => {
    const feet = ['right_back_foot', 'left_back_foot', 'right_front_foot', 'left_front_foot'];
    const assembler = assemblerOf({ robot: antParameters({ 'input.foot_names': feet }) });
    takeOthers(assembler);
    assembler.takeFootContacts([1, 0, 0, 1], 0);
    const state = assembler.takeJointState(jointState(), 0)!;
    expect(state.feet.names).toEqual(feet);
    expect([...state.feet.contact]).toEqual([1, 0, 0, 1]);
  });
});

describe('an episode', () => {
  const episodeAt = (assembler: RobotStateAssembler, stamp: number, frameId = ''): number =>
    completed(assembler, { ...jointState(ANT_JOINTS, stamp), frameId })!.episode;

  it('is what the frame of the joint states says', () => {
    const assembler = assemblerOf();
    expect(episodeAt(assembler, 1)).toBe(0);
    expect(episodeAt(assembler, 2, 'episode_3')).toBe(3);
    expect(episodeAt(assembler, 3, 'base_link')).toBe(0);
  });

  it('is another one when the clock of the robot is set back by more than a second', () => {
    const assembler = assemblerOf();
    expect(episodeAt(assembler, 100)).toBe(0);
    expect(episodeAt(assembler, 0)).toBe(1);
    expect(episodeAt(assembler, 0.1)).toBe(1);
  });

  it('goes on through a message that was overtaken on its way', () => {
    const assembler = assemblerOf();
    expect(episodeAt(assembler, 100)).toBe(0);
    expect(episodeAt(assembler, 99.5)).toBe(0);
    expect(episodeAt(assembler, 100.1)).toBe(0);
  });
});
