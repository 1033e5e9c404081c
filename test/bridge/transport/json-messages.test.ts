import { describe, expect, it } from 'vitest';
import type { Topic } from '../../../bridge/message-map.js';
import { decodeJson, encodeJson } from '../../../bridge/transport/json-messages.js';
import { exampleMessages } from '../../contract/transport-contract.js';

describe('messages as JSON', () => {
  it.each(Object.keys(exampleMessages()) as Topic[])('carry every field of a %s', (topic) => {
    const message = exampleMessages()[topic];
    expect(decodeJson(topic, encodeJson(topic, message))).toEqual({ message });
  });

  it.each([
    ['simulationRequest', 'without its seed', { operation: 'restart', id: 'one' }],
    ['acknowledgement', 'of acceptance', { id: 'one', from: 'robot', accepted: true, reason: '' }],
    [
      'status',
      'of a controller that has done nothing yet',
      {
        ...exampleMessages().status,
        ...{ stateAge: null, inputRate: null, outputRate: null, stepTime: null, jitter: null },
        ...{ plasticity: null, weightRms: null, latched: 'emergency stop', state: 'stopped' },
      },
    ],
  ] as const)('carry a %s %s', (topic, _name, message) => {
    expect(decodeJson(topic, JSON.stringify(message))).toEqual({ message });
  });

  it.each([
    ['bodyPerturbation', '{"operation":"pause"}', 'operation'],
    ['simulationRequest', '{"operation":"restart","id":7}', 'id'],
    ['simulationRequest', '{"operation":"restart","id":"one","seed":-1}', 'seed'],
    ['simulationRequest', `{"operation":"pause","paused":true,"id":"${'x'.repeat(65)}"}`, 'id'],
    ['acknowledgement', '{"id":"a","from":"me","accepted":true,"reason":""}', 'from'],
    ['acknowledgement', '{"id":"a","from":"robot","accepted":false,"code":"ERR_X","reason":""}', 'code'],
    ['status', '{}', 'stamp'],
    ['status', JSON.stringify({ ...exampleMessages().status, state: 'asleep' }), 'state'],
    ['status', 'null', ''],
  ] as const)('that are no %s are refused, and the field is named: %s', (topic, text, field) => {
    const decoded = decodeJson(topic, text);
    expect(decoded).toEqual({ problem: expect.stringMatching(new RegExp(`^${field}: .+`)) as string });
  });

  it.each(['bodyPerturbation', 'simulationRequest', 'acknowledgement', 'status'] as const)(
    'are refused, with their beginning, where a %s is no JSON at all',
    (topic) => {
      expect(decodeJson(topic, `{"id": ${'x'.repeat(200)}`)).toEqual({
        problem: `is no JSON: {"id": ${'x'.repeat(73)}`,
      });
    },
  );

  it.each(['perturbationRequest', 'operatorRequest'] as const)(
    'hand on whatever a %s holds, for the controller to answer',
    (topic) => {
      expect(decodeJson(topic, '{"operation":"dance","id":"one"}')).toEqual({
        message: { operation: 'dance', id: 'one' },
      });
      expect(decodeJson(topic, 'stop it')).toEqual({ message: 'stop it' });
      expect(decodeJson(topic, 'null')).toEqual({ message: null });
    },
  );

  it('take a bare perturbation for the request to begin it', () => {
    const perturbation = { component: 'leg', type: 'off', target: 'left_front' };
    expect(decodeJson('perturbationRequest', JSON.stringify(perturbation))).toEqual({
      message: { operation: 'begin', perturbation },
    });
  });
});
