import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { relay } from '../../../bridge/transport/relay.js';
import { MESSAGE_TOPICS, topicName } from '../../../bridge/websocket/channels.js';
import { loadRapier } from '../../../sim/rapier.js';
import { AntRobot } from '../../../sim/robot/ant-robot.js';
import { RobotNode } from '../../../sim/robot/robot-node.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { controllerRig } from '../controller-rig.js';
import { standingAnt } from '../robot-messages.js';
import { until } from '../../until.js';
import { foxglove, serve } from './rig.js';

/** A controller that is in control, behind a server that a Foxglove client is connected to. */
async function robotAndClient(answerTimeout = 10) {
  const robot = controllerRig({ simulated: true });
  const { server, audited, address } = await serve({ limits: { answerTimeout } });
  onTestFinished(relay(robot.transport, server));
  robot.start();
  onTestFinished(() => robot.controller.stop());
  robot.walk(2);
  return { robot, server, audited, client: await foxglove(address) };
}

const accepted = (id: string = expect.any(String) as string) => ({ id, accepted: true, reason: '' });

describe('a Foxglove client', () => {
  beforeAll(() => loadRapier());

  it('is offered every message, and what is made of them, each with its JSON Schema', async () => {
    const { client } = await robotAndClient();
    expect(client.channels.map(({ topic }) => topic)).toEqual([
      ...MESSAGE_TOPICS.map(topicName),
      '/speed',
      '/scene',
      '/tf',
    ]);
    expect(client.channels.find(({ topic }) => topic === '/scene')?.schemaName).toBe('foxglove.SceneUpdate');
    for (const { topic, encoding, schemaEncoding, schema } of client.channels) {
      expect([topic, encoding, schemaEncoding]).toEqual([topic, 'json', 'jsonschema']);
      expect((JSON.parse(schema) as { type: string }).type).toBe('object');
    }
  });

  it('hears what it subscribes to, as JSON, until it unsubscribes', async () => {
    const { server, client } = await robotAndClient();
    const { robotState } = exampleMessages();
    const states = client.listenTo('/robot_state');
    await client.settled();
    server.publish('robotState', robotState);
    await until(() => expect(states).toHaveLength(1));
    expect(states[0]).toEqual({
      ...robotState,
      joints: { ...robotState.joints, position: [0.25, -0.5], velocity: [1.5, -2.5], effort: [20, -40] },
      torso: { position: [1, 2, 0.5], orientation: [0, 0, 0.6, 0.8], linearVelocity: [0.75, 0, -0.25] },
      feet: { names: ['left_front_foot'], contact: [1] },
    });
    client.client.unsubscribe(0);
    await client.settled();
    server.publish('robotState', robotState);
    await client.settled();
    expect(states).toHaveLength(1);
  });

  it('sees the robot as a scene whose damaged parts stand out', async () => {
    const { robot, client } = await robotAndClient();
    const scenes = client.listenTo('/scene') as {
      entities: { cylinders: { color: { g: number }; size: { z: number } }[]; spheres: unknown[] }[];
    }[];
    await client.settled();
    robot.publishState();
    await until(() => expect(scenes).toHaveLength(1));
    const [intact] = scenes[0]!.entities;
    expect([intact!.cylinders.length, intact!.spheres.length]).toEqual([12, 13]);
    await client.call('perturb', {
      component: 'leg',
      type: 'shorten',
      target: 'left_front',
      value: 0.1,
      start: 1,
    });
    robot.walk(70);
    await until(() => expect(scenes.length).toBeGreaterThan(1));
    robot.publishState();
    await until(() => {
      const { cylinders } = scenes.at(-1)!.entities[0]!;
      const colours = new Set(cylinders.map(({ color }) => color.g));
      expect(colours.size).toBe(2);
      expect(Math.min(...cylinders.map(({ size }) => size.z))).toBeCloseTo(0.1 * Math.SQRT2);
    });
  });

  it('hears how fast and how far the robot comes towards its goal', async () => {
    const { server, client } = await robotAndClient();
    const speeds = client.listenTo('/speed') as { speed: number; distance: number }[];
    await client.settled();
    const state = standingAnt();
    for (let step = 0; step <= 100; step++) {
      state.stamp = 1000 + 0.1 * step;
      state.torso.position[0] = 0.2 * step;
      server.publish('robotState', state);
    }
    await until(() => expect(speeds.at(-1)?.distance).toBeCloseTo(20, 6));
    expect(speeds.at(-1)?.speed).toBeCloseTo(2, 3);
  });

  it('calls every service, and each is done and answered', async () => {
    const { robot, client } = await robotAndClient();
    const { transport, clock, controller } = robot;
    const body = new AntRobot();
    onTestFinished(() => body.dispose());
    const node = new RobotNode({ robot: body, transport, clock, seed: 1 });
    node.start();

    expect(await client.call('freeze')).toEqual(accepted());
    expect(controller.status().frozen).toBe(true);
    expect(await client.call('thaw')).toEqual(accepted());
    expect(controller.status().frozen).toBe(false);
    expect(await client.call('reset_weights', { seed: 3 })).toEqual(accepted());
    const weak = { id: 'weak', component: 'joint', type: 'weak', target: 'left_front_hip', value: 0.5 };
    expect(await client.call('perturb', weak)).toEqual(accepted('weak'));
    robot.walk(2);
    expect(controller.status().activePerturbations).toHaveLength(1);
    expect(await client.call('end_perturbation', { id: 'weak' })).toEqual(accepted('weak'));
    robot.walk(2);
    expect(controller.status().activePerturbations).toHaveLength(0);
    expect(await client.call('pause', { paused: true })).toEqual(accepted());
    const restarted = client.call('restart', { id: 'again', seed: 5 });
    await client.settled();
    node.step();
    expect(await restarted).toEqual(accepted('again'));
    expect(await client.call('estop')).toEqual(accepted());
    expect(controller.status().latched).toBe('emergency stop');
    const offered = client.services.map(({ name }) => name);
    expect(new Set(offered)).toEqual(
      new Set([
        'estop',
        'freeze',
        'thaw',
        'reset_weights',
        'perturb',
        'end_perturbation',
        'restart',
        'pause',
      ]),
    );
  });

  it('may send services the whole message that they stand for', async () => {
    const { robot, client } = await robotAndClient();
    const perturbation = { id: 'off', component: 'leg', type: 'off', target: 'left_back' };
    expect(await client.call('perturb', { operation: 'begin', perturbation })).toEqual(accepted('off'));
    expect(await client.call('end_perturbation', { operation: 'end', id: 'off' })).toEqual(accepted('off'));
    const freeze = { operation: 'freeze', id: 'f', frozen: true };
    expect(await client.call('freeze', freeze)).toEqual(accepted('f'));
    expect(robot.controller.status().frozen).toBe(true);
    expect(await client.call('estop', { operation: 'emergency-stop', id: 'stop' })).toEqual(accepted('stop'));
  });

  it.each([
    ['perturb', { component: 'joint', type: 'weak', target: 'tail' }, 'ERR_PERTURBATION_TARGET'],
    ['perturb', { component: 'joint' }, 'ERR_PERTURBATION_SYNTAX'],
    ['end_perturbation', { id: 'nothing' }, 'ERR_PERTURBATION_UNKNOWN'],
    ['freeze', { frozen: false }, 'ERR_OPERATOR_REQUEST'],
    ['freeze', { operation: 'emergency-stop' }, 'ERR_OPERATOR_REQUEST'],
    ['restart', { seed: -1 }, 'ERR_OPERATOR_REQUEST'],
    ['reset_weights', { id: 'x'.repeat(65) }, 'ERR_OPERATOR_REQUEST'],
    ['pause', {}, 'ERR_OPERATOR_REQUEST'],
  ])('is told by a code what is wrong with %s %j', async (service, payload, code) => {
    const { client, robot } = await robotAndClient();
    expect(await client.call(service, payload)).toMatchObject({
      accepted: false,
      code,
      reason: expect.stringMatching(/\w/) as string,
    });
    expect(robot.controller.status()).toMatchObject({ frozen: false, latched: null });
  });

  it('stops the robot even by a call that makes no sense otherwise', async () => {
    const { robot, client } = await robotAndClient();
    expect(await client.call('estop', { id: 7, frozen: 'no' })).toEqual(accepted());
    expect(robot.controller.status().latched).toBe('emergency stop');
  });

  it('is told when nobody answers', async () => {
    const { client } = await robotAndClient(0.5);
    expect(await client.call('restart')).toMatchObject({ accepted: false, code: 'ERR_NO_ANSWER' });
  });

  it('reads the parameters, sets the goal heading, and hears of it when somebody else does', async () => {
    const robot = controllerRig();
    const { server, address } = await serve({
      parameters: () => [{ name: 'bundles', value: ['ant', 'static'] }],
      goalHeading: 0.25,
    });
    onTestFinished(relay(robot.transport, server));
    const [one, other] = [await foxglove(address), await foxglove(address)];
    const values: unknown[] = [];
    one.client.on('parameterValues', ({ parameters }) => values.push(...parameters));
    one.client.getParameters([], 'all');
    one.client.subscribeParameterUpdates(['goal_heading']);
    await one.settled();
    expect(values.slice(0, 2)).toEqual([
      { name: 'goal_heading', value: 0.25, type: 'float64' },
      { name: 'bundles', value: ['ant', 'static'] },
    ]);
    values.length = 0;
    other.client.setParameters([{ name: 'goal_heading', value: 1.5 }]);
    await until(() => expect(values).toContainEqual({ name: 'goal_heading', value: 1.5, type: 'float64' }));
    expect(robot.controller.goalHeading).toBe(1.5);
    robot.controller.goalHeading = -1;
    await until(() => expect(values).toContainEqual({ name: 'goal_heading', value: -1, type: 'float64' }));
    robot.controller.goalHeading = 1.5;
    other.client.setParameters([
      { name: 'goal_heading', value: 7 },
      { name: 'bundles', value: 3 },
    ]);
    await until(() => expect(other.notices).toHaveLength(2));
    expect(other.notices.join()).toContain('goal_heading was not set');
    expect(other.notices.join()).toContain(
      'parameter bundles cannot be set; of all of them, goal_heading can',
    );
    expect(robot.controller.goalHeading).toBe(1.5);
    other.notices.length = 0;
    other.client.setParameters([
      { name: 'goal_heading', value: NaN },
      { name: 'goal_heading', value: 'north' },
      { name: 'goal_heading', value: Array.from({ length: 100 }, () => 0) },
    ]);
    await until(() => expect(other.notices).toHaveLength(3));
    expect(other.notices).toEqual(
      ['null (or NaN)', '"north"', `[${'0,'.repeat(39)}0...`].map(
        (value) => `parameter goal_heading cannot be ${value}; it is a number, from -pi to pi rad`,
      ),
    );
    expect(robot.controller.goalHeading).toBe(1.5);
  });

  it('tells what a restart of the simulator has changed, to whoever wants to know', async () => {
    const robot = controllerRig();
    let bundle = 'ant';
    const { server, address } = await serve({
      parameters: () => [
        { name: 'bundle', value: bundle },
        { name: 'morphology', value: 'intact' },
      ],
    });
    onTestFinished(relay(robot.transport, server));
    const [one, other] = [await foxglove(address), await foxglove(address)];
    const told: unknown[] = [];
    for (const { client } of [one, other]) {
      client.on('parameterValues', ({ parameters, id }) => {
        if (id === undefined) told.push(parameters);
      });
    }
    one.client.subscribeParameterUpdates(['bundle', 'morphology']);
    await one.settled();
    robot.transport.subscribe('simulationRequest', ({ id }) => {
      bundle = 'other';
      robot.transport.publish('acknowledgement', { id, from: 'robot', accepted: true, reason: '' });
    });
    await other.call('restart', { bundle: 'other' });
    await other.call('restart', { bundle: 'other' });
    await Promise.all([one.settled(), other.settled()]);
    expect(told).toEqual([[{ name: 'bundle', value: 'other' }]]);
  });

  it('may publish requests, which are answered as over any other transport', async () => {
    const { robot, client } = await robotAndClient();
    const answers = client.listenTo('/acknowledgement');
    await client.settled();
    const channel = client.client.advertise({ topic: '/operator_request', encoding: 'json', schemaName: '' });
    const say = (value: unknown) =>
      client.client.sendMessage(channel, new TextEncoder().encode(JSON.stringify(value)));
    say({ operation: 'freeze', id: 'f', frozen: true });
    say({ operation: 'dance', id: 'd' });
    say(['no', 'request']);
    await until(() => expect(answers).toHaveLength(2));
    expect(answers).toMatchObject([
      { id: 'f', accepted: true },
      { id: 'd', accepted: false, code: 'ERR_OPERATOR_REQUEST' },
    ]);
    expect(robot.controller.status().frozen).toBe(true);
    await until(() => expect(client.notices.join()).toContain('a request is an object'));
  });

  it.each(['/robot_state', '/joint_command', '/acknowledgement', '/status', '/anything'])(
    'may not publish %s',
    async (topic) => {
      const { robot, client } = await robotAndClient();
      const heard = vi.fn();
      for (const each of MESSAGE_TOPICS) robot.transport.subscribe(each, heard);
      const channel = client.client.advertise({ topic, encoding: 'json', schemaName: '' });
      client.client.sendMessage(channel, new TextEncoder().encode('{}'));
      await client.settled();
      expect(client.notices[0]).toContain(`may not publish ${topic}`);
      expect(heard).not.toHaveBeenCalled();
    },
  );
});
