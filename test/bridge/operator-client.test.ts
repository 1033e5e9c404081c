import { describe, expect, it } from 'vitest';
import { OperatorClient } from '../../bridge/operator-client.js';
import type { PerturbationInput } from '../../policy/perturbation/index.js';
import { controllerRig, PERIOD } from './controller-rig.js';

function rig() {
  const robot = controllerRig({ simulated: true });
  const { transport, clock } = robot;
  const client = new OperatorClient({ transport, clock, timeout: 3 });
  return {
    robot,
    client,
    begin: (perturbation: PerturbationInput, ofRobot = false) =>
      client.ask('perturbationRequest', { operation: 'begin', perturbation }, perturbation.id, { ofRobot }),
    /** What the robot itself says of a perturbation of its body. */
    robotSays: (id: string, accepted: boolean) =>
      transport.publish('acknowledgement', {
        id,
        from: 'robot',
        accepted,
        ...(accepted ? {} : { code: 'ERR_PERTURBATION_UNSUPPORTED' as const }),
        reason: accepted ? '' : 'this leg is gone already',
      }),
  };
}

/** A network in which nobody answers, and what was asked in it. */
function silentRig() {
  const robot = controllerRig();
  robot.controller.stop();
  const asked: string[] = [];
  robot.transport.subscribe('operatorRequest', ({ operation }) => asked.push(operation));
  const { transport, clock } = robot;
  return { robot, asked, client: new OperatorClient({ transport, clock, timeout: 3 }) };
}

const WEAK: PerturbationInput = {
  id: 'w',
  component: 'joint',
  type: 'weak',
  target: 'left_front_hip',
  value: 0.5,
};
const SHORTEN: PerturbationInput = {
  ...WEAK,
  id: 's',
  component: 'leg',
  type: 'shorten',
  target: 'left_front',
  value: 0.1,
};

describe('an operator that asks a controller', () => {
  it('hears that a perturbation was accepted', async () => {
    expect(await rig().begin(WEAK)).toEqual({ id: 'w', accepted: true, reason: '' });
  });

  it('hears why another one was refused', async () => {
    const { begin } = rig();
    await begin(WEAK);
    const answer = await begin({ ...WEAK, id: 'again' });
    expect(answer).toMatchObject({ id: 'again', accepted: false, code: 'ERR_PERTURBATION_OVERLAP' });
    expect(answer.reason).toContain("is held by 'w'");
  });

  it('ends a perturbation', async () => {
    const { begin, client, robot } = rig();
    robot.start();
    await begin(WEAK);
    robot.walk(2);
    expect(robot.controller.perturbations.active).toHaveLength(1);
    const answer = await client.ask('perturbationRequest', { operation: 'end', id: 'w' }, 'w');
    robot.walk(2);
    expect(answer.accepted).toBe(true);
    expect(robot.controller.perturbations.active).toEqual([]);
  });

  it('stops the robot', async () => {
    const { client, robot } = rig();
    robot.start();
    robot.walk(10);
    await client.ask('operatorRequest', { operation: 'emergency-stop', id: 'stop' }, 'stop');
    expect(robot.controller.state.latched).toBe('emergency-stop');
  });

  it('hears each answer to the request that it is to', async () => {
    const { begin } = rig();
    const answers = await Promise.all([
      begin(WEAK),
      begin({ ...WEAK, id: 'x', target: 'nothing' }),
      begin({ ...WEAK, id: 'y', target: 'right_front_hip' }),
    ]);
    expect(answers.map(({ id, accepted }) => [id, accepted])).toEqual([
      ['w', true],
      ['x', false],
      ['y', true],
    ]);
  });

  it('takes an answer without an id for one to what it asked first', async () => {
    const { client, robot } = silentRig();
    const answer = client.ask('operatorRequest', { operation: 'reset-weights', id: 'r' }, 'r');
    robot.transport.publish('acknowledgement', {
      id: '',
      from: 'controller',
      accepted: false,
      code: 'ERR_OPERATOR_REQUEST',
      reason: 'the node is not configured',
    });
    expect(await answer).toMatchObject({ id: 'r', accepted: false, reason: 'the node is not configured' });
  });
});

describe('an operator whom nobody answers', () => {
  it('is told so when the time is up, not before', async () => {
    const { client, robot } = silentRig();
    let answered = false;
    const answer = client.ask('operatorRequest', { operation: 'reset-weights', id: 'r' }, 'r');
    void answer.then(() => (answered = true));
    robot.clock.advance(2.99);
    await Promise.resolve();
    expect(answered).toBe(false);
    robot.clock.advance(0.02);
    expect(await answer).toEqual({
      id: 'r',
      accepted: false,
      code: 'ERR_NO_ANSWER',
      reason: 'no answer within 3 s',
    });
  });

  it('has asked once, or again and again where that was wanted', async () => {
    const { client, robot, asked } = silentRig();
    const once = client.ask('operatorRequest', { operation: 'reset-weights', id: 'r' }, 'r');
    const often = client.ask('operatorRequest', { operation: 'emergency-stop', id: 's' }, 's', {
      repeatEvery: 1,
    });
    robot.clock.advance(10);
    await Promise.all([once, often]);
    expect(asked.filter((operation) => operation === 'reset-weights')).toHaveLength(1);
    expect(asked.filter((operation) => operation === 'emergency-stop').length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThan(6);
  });
});

describe('a perturbation of the body', () => {
  it('is accepted when the robot has accepted it too', async () => {
    const { begin, robotSays } = rig();
    const answer = begin(SHORTEN, true);
    robotSays('s', true);
    expect(await answer).toEqual({ id: 's', accepted: true, reason: '' });
  });

  it('is refused when the robot refuses it', async () => {
    const { begin, robotSays } = rig();
    const answer = begin(SHORTEN, true);
    robotSays('s', false);
    expect(await answer).toMatchObject({ accepted: false, reason: 'this leg is gone already' });
  });

  it('is not answered when the robot does not, and the operator is told by whom', async () => {
    const { begin, robot } = rig();
    const answer = begin(SHORTEN, true);
    robot.clock.advance(3 + PERIOD);
    expect(await answer).toMatchObject({
      accepted: false,
      code: 'ERR_NO_ANSWER',
      reason: 'the controller accepted it, but the robot did not answer within 3 s',
    });
  });
});
