import { beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import type { RobotState } from '../../../bridge/message-map.js';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { ObservedLife } from '../../../launch/experiment/observed-life.js';
import { decodeBundle, encodeBundle, networkFromBundle } from '../../../policy/bundle/rule-bundle.js';
import { mixSeed } from '../../../policy/random.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { PerturbedLife } from '../../../sim/experiment/perturbed-life.js';
import { loadRapier } from '../../../sim/rapier.js';
import { AntRobot } from '../../../sim/robot/ant-robot.js';
import { RobotNode } from '../../../sim/robot/robot-node.js';
import { randomAntRules } from '../demo/ant-rules.js';

beforeAll(loadRapier);

const STEPS = 100;
const bundle = decodeBundle(encodeBundle(randomAntRules()), 'rules');

/** The states of a life as its robot tells them, and the life as it was. */
function lifeWithStates() {
  const robot = new AntRobot();
  const life = new PerturbedLife(networkFromBundle(bundle), robot).run({
    seed: 3,
    steps: STEPS,
    perturbations: [],
    keepSpeed: true,
  });
  robot.dispose();
  // Told again by a robot that is sent the same actions.
  const clock = new ManualClock(50);
  const transport = new InMemoryTransport(new InMemoryNetwork());
  const again = new AntRobot();
  const node = new RobotNode({ robot: again, transport, clock, seed: 3 });
  const states: RobotState[] = [];
  transport.subscribe('robotState', (state) => states.push(structuredClone(state)));
  const names = ANT_CONTRACT.joints.map(({ name }) => name);
  const network = networkFromBundle(bundle);
  network.reset(mixSeed(3, 1));
  node.start();
  const action = new Float32Array(8);
  for (let step = 0; step <= STEPS; step++) {
    node.step();
    network.act(again.observation, action);
    const values = Float64Array.from(action, (value) => value * 250);
    transport.publish('jointCommand', { stamp: clock.now(), names, interface: 'effort', values });
    clock.advance(ANT_CONTRACT.controlPeriod);
  }
  again.dispose();
  return { life, states };
}

function observe(states: readonly RobotState[], heading = 0) {
  const observed = new ObservedLife(3, STEPS, heading);
  for (const state of states) observed.see(state);
  return observed;
}

describe('a life as an observer sees it', () => {
  it('is as far and as fast as it was', () => {
    const { life, states } = lifeWithStates();
    const observed = observe(states);
    expect(observed.over).toBe(true);
    const { distance, steps, speed, fell } = observed.record(true);
    expect({ steps, fell }).toEqual({ steps: STEPS, fell: false });
    expect(distance).toBeCloseTo(life.distance, 6);
    speed!.forEach((value, step) => expect(value).toBeCloseTo(life.speed![step]!, 4));
  });

  it('is as far where states got lost on the way, or came twice', () => {
    const { life, states } = lifeWithStates();
    const some = states.filter((_, k) => k % 7 !== 3).flatMap((state) => [state, state]);
    expect(observe(some).record(false).distance).toBeCloseTo(life.distance, 6);
  });

  it('is measured towards the goal', () => {
    const { life, states } = lifeWithStates();
    expect(observe(states, Math.PI).record(false).distance).toBeCloseTo(-life.distance, 6);
  });

  it('ends with a fall', () => {
    const { states } = lifeWithStates();
    for (const { torso } of states.slice(40)) torso.position[2] = 0.2;
    expect(observe(states).record(false)).toMatchObject({ fell: true, steps: 49 });
  });

  it('knows the actions by the commands that left', () => {
    const { states } = lifeWithStates();
    const observed = new ObservedLife(3, STEPS, 0);
    const names = ANT_CONTRACT.joints.map(({ name }) => name).reverse();
    for (const [k, state] of states.entries()) {
      observed.see(state);
      const values = Float64Array.from(names, (_, j) => (j === 7 ? 250 : k % 2 === 0 ? 25 : -25));
      observed.hear({ stamp: state.stamp, names, interface: 'effort', values });
    }
    const { saturated, actionChange } = observed.record(false);
    expect(saturated).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    // Actions are float32, as those of headless lives.
    expect(actionChange).toBeCloseTo((0.2 * 7) / 8, 6);
  });

  it('knows of no action where no command was heard', () => {
    const { states } = lifeWithStates();
    const { saturated, actionChange } = observe(states).record(false);
    expect({ saturated, actionChange }).toEqual({ saturated: new Array(8).fill(0), actionChange: 0 });
  });
});
