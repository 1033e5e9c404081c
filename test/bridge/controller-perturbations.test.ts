import { describe, expect, it } from 'vitest';
import type { ControllerOptions } from '../../bridge/controller.js';
import { constantPolicy, controllerRig, PERIOD, plasticNetwork } from './controller-rig.js';
import { standingAnt } from './robot-messages.js';

/** A walking controller of a simulated robot. */
function walkingRig(options: Partial<ControllerOptions> = {}) {
  const rig = controllerRig({ simulated: true, ...options });
  rig.start();
  rig.walk(10);
  return rig;
}

const freeze = { id: 'freeze', component: 'plasticity', type: 'freeze' };
const rollSensor = 6;

describe('perturbations of a running controller', () => {
  it('are acknowledged with their id, and told as active until they end by themselves', () => {
    const rig = walkingRig();
    expect(rig.begin({ ...freeze, duration: 20 * PERIOD })).toEqual({
      id: 'freeze',
      from: 'controller',
      accepted: true,
      reason: '',
    });
    rig.walk(1);
    expect(rig.statuses.at(-1)).toMatchObject({ frozen: true, activePerturbations: [{ id: 'freeze' }] });
    rig.walk(19);
    expect(rig.controller.status().frozen).toBe(true);
    rig.walk(2);
    expect(rig.statuses.at(-1)).toMatchObject({ frozen: false, activePerturbations: [] });
  });

  it('begin at their start, in seconds since the controller started', () => {
    const rig = walkingRig();
    rig.begin({ ...freeze, start: 30 * PERIOD });
    rig.walk(20);
    expect(rig.controller.status().frozen).toBe(false);
    rig.walk(1);
    expect(rig.controller.status().frozen).toBe(true);
  });

  it('are ended by their id', () => {
    const rig = walkingRig();
    rig.begin(freeze);
    rig.walk(1);
    rig.transport.publish('perturbationRequest', { operation: 'end', id: 'freeze' });
    expect(rig.answers.at(-1)).toMatchObject({ id: 'freeze', accepted: true });
    rig.walk(1);
    expect(rig.controller.status().frozen).toBe(false);
    rig.transport.publish('perturbationRequest', { operation: 'end', id: 'freeze' });
    expect(rig.answers.at(-1)).toMatchObject({ accepted: false, code: 'ERR_PERTURBATION_UNKNOWN' });
  });

  it('stop the weights from changing, and only the weights', () => {
    const policy = plasticNetwork();
    const rig = walkingRig({ policy });
    rig.begin(freeze);
    rig.walk(1);
    const frozen = policy.layers.map(({ weights }) => Float32Array.from(weights));
    rig.walk(5);
    expect(policy.layers.map(({ weights }) => weights)).toEqual(frozen);
    rig.transport.publish('perturbationRequest', { operation: 'end', id: 'freeze' });
    rig.walk(5);
    expect(policy.layers.map(({ weights }) => weights)).not.toEqual(frozen);
  });

  it('set the given share of the weights of a layer to zero, once', () => {
    const policy = plasticNetwork();
    const rig = walkingRig({ policy });
    rig.begin(freeze);
    rig.begin({ id: 'zero', component: 'weights', type: 'zero', target: 'layer_2', value: 0.5 });
    rig.walk(1);
    const zeros = policy.layers.map(({ weights }) => weights.filter((weight) => weight === 0).length);
    expect(zeros).toEqual([0, 64]);
    expect(rig.begin({ id: 'zero', component: 'weights', type: 'zero', value: 0 }).accepted).toBe(true);
  });

  it('draw the weights anew, from the seed that is given', () => {
    const policy = plasticNetwork();
    const rig = walkingRig({ policy });
    rig.begin(freeze);
    rig.begin({ id: 'reset', component: 'weights', type: 'reset', value: 77 });
    rig.walk(1);
    const fresh = plasticNetwork();
    fresh.resetWeights(77);
    expect(policy.layers.map(({ weights }) => weights)).toEqual(fresh.layers.map(({ weights }) => weights));
  });

  it('reach the observation', () => {
    const rig = walkingRig();
    rig.begin({ id: 'stuck', component: 'sensor', type: 'stuck', target: 'roll', value: 2 });
    rig.walk(1);
    expect(rig.controller.observation[rollSensor]).toBe(2);
    expect(rig.controller.observation[rollSensor + 1]).toBe(0);
  });

  it('reach the command, behind the policy', () => {
    const rig = walkingRig({ policy: constantPolicy(0.5) });
    rig.begin({ id: 'outputs', component: 'outputs', type: 'saturated', value: -1 });
    rig.begin({ id: 'leg', component: 'leg', type: 'weak', target: 'left_front', value: 0.5 });
    rig.walk(1);
    expect(rig.commands.at(-1)).toEqual([-125, -125, -250, -250, -250, -250, -250, -250]);
    expect([...rig.controller.action]).toEqual(Array(8).fill(0.5));
  });

  it('are passed on to the simulated robot when they happen in its body', () => {
    const rig = walkingRig();
    rig.begin({ id: 'short', component: 'leg', type: 'shorten', target: 'left_front', duration: PERIOD * 5 });
    rig.walk(1);
    expect(rig.passedOn).toEqual(['begin short']);
    rig.walk(5);
    expect(rig.passedOn).toEqual(['begin short', 'end short']);
  });

  it('are over when the robot could not do them', () => {
    const rig = walkingRig();
    rig.begin({ id: 'short', component: 'leg', type: 'shorten', target: 'left_front' });
    rig.walk(1);
    expect(rig.controller.perturbations.active).toHaveLength(1);
    rig.transport.publish('acknowledgement', {
      id: 'short',
      from: 'robot',
      accepted: false,
      code: 'ERR_PERTURBATION_UNSUPPORTED',
      reason: 'this leg cannot be shortened',
    });
    rig.walk(1);
    expect(rig.controller.perturbations.active).toEqual([]);
  });

  it('of a body are refused where the robot is hardware', () => {
    const rig = walkingRig({ simulated: false, perturbations: true });
    expect(rig.begin({ id: 'short', component: 'leg', type: 'shorten', target: 'left_front' })).toMatchObject(
      {
        accepted: false,
        code: 'ERR_PERTURBATION_UNSUPPORTED',
        reason: 'leg:shorten needs a simulated robot; this one is not',
      },
    );
    expect(rig.begin(freeze).accepted).toBe(true);
  });

  it('are refused where they are not switched on, which on hardware they are not by default', () => {
    const rig = walkingRig({ simulated: false });
    expect(rig.begin(freeze)).toMatchObject({
      id: 'freeze',
      accepted: false,
      code: 'ERR_PERTURBATION_UNSUPPORTED',
      reason: 'perturbations are switched off; switch them on at the start',
    });
  });

  it('are refused, and answered, whatever it is that was asked', () => {
    const rig = walkingRig();
    const requests: [unknown, string, string][] = [
      [{ operation: 'begin', perturbation: { ...freeze, kind: 1 } }, 'freeze', 'ERR_PERTURBATION_SYNTAX'],
      [{ operation: 'begin', perturbation: null }, '', 'ERR_PERTURBATION_SYNTAX'],
      [{ operation: 'begin' }, '', 'ERR_PERTURBATION_SYNTAX'],
      [{ operation: 'pause', id: 'x' }, 'x', 'ERR_PERTURBATION_SYNTAX'],
      [{ operation: 'end', id: 7 }, '', 'ERR_PERTURBATION_SYNTAX'],
      [null, '', 'ERR_PERTURBATION_SYNTAX'],
      ['freeze', '', 'ERR_PERTURBATION_SYNTAX'],
    ];
    for (const [request, id, code] of requests) {
      const { length } = rig.answers;
      rig.transport.publish('perturbationRequest', request as never);
      expect(rig.answers).toHaveLength(length + 1);
      expect(rig.answers.at(-1)).toMatchObject({ id, accepted: false, code });
    }
    expect(rig.errors).toEqual([]);
  });

  it('end with the life that they were in; what is to come stays', () => {
    const rig = walkingRig();
    rig.begin({ id: 'short', component: 'leg', type: 'shorten', target: 'left_front' });
    rig.begin(freeze);
    rig.begin({ id: 'later', component: 'outputs', type: 'off', start: 60 * PERIOD });
    rig.walk(5);
    const restarted = { ...standingAnt(), episode: 1 };
    rig.walk(2, () => restarted);
    expect(rig.passedOn).toEqual(['begin short', 'end short']);
    expect(rig.controller.status()).toMatchObject({ frozen: false, activePerturbations: [] });
    rig.walk(60, () => restarted);
    expect(rig.controller.status().activePerturbations).toMatchObject([{ id: 'later' }]);
  });

  it('end when the controller stops', () => {
    const rig = walkingRig();
    rig.begin({ id: 'short', component: 'leg', type: 'shorten', target: 'left_front' });
    rig.walk(1);
    rig.controller.stop();
    expect(rig.passedOn).toEqual(['begin short', 'end short']);
  });
});
