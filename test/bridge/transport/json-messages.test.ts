import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Topic } from '../../../bridge/message-map.js';
import { decodeJson, encodeJson } from '../../../bridge/transport/json-messages.js';
import { MOST_LEVELS } from '../../../bridge/transport/bounded-json.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { awkwardJson, levelsOf, nested } from '../awkward-json.js';

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

  it('are refused where what is no request is nested too deep', () => {
    const answer = JSON.stringify(exampleMessages().acknowledgement);
    const text = `{"x":${nested(5000)},${answer.slice(1)}`;
    expect(decodeJson('acknowledgement', text)).toEqual({ problem: 'is nested deeper than 16 levels' });
  });

  it('hand on a request without its depths, so that whoever asked gets an answer', () => {
    const text = `{"operation":"freeze","id":"f","frozen":true,"x":${nested(5000)}}`;
    const decoded = decodeJson('operatorRequest', text);
    expect(decoded).toMatchObject({ message: { operation: 'freeze', id: 'f', frozen: true } });
    expect(levelsOf('message' in decoded && decoded.message)).toBe(MOST_LEVELS);
  });

  it('hand on nothing but the stop of an emergency stop, whatever comes with it', () => {
    fc.assert(
      fc.property(awkwardJson, awkwardJson, (one, other) => {
        const text = `{"x":${one},"operation":"emergency-stop","id":"e","__proto__":${other}}`;
        expect(decodeJson('operatorRequest', text)).toStrictEqual({
          message: { operation: 'emergency-stop', id: 'e' },
        });
      }),
    );
  });

  it.each([
    ['a number', '7'],
    ['null', 'null'],
    ['too long', `"${'x'.repeat(65)}"`],
    ['nested too deep', nested(5000)],
  ])('hand on an emergency stop with an id that is %s without it', (_name, id) => {
    expect(decodeJson('operatorRequest', `{"operation":"emergency-stop","id":${id}}`)).toEqual({
      message: { operation: 'emergency-stop', id: '' },
    });
  });

  it.each(Object.keys(exampleMessages()) as Topic[])(
    'are a shallow %s, or a problem, whatever comes',
    (topic) => {
      fc.assert(
        fc.property(awkwardJson, (text) => {
          const decoded = decodeJson(topic, text);
          if ('problem' in decoded) expect(decoded.problem).not.toBe('');
          // A bare perturbation gets an operation around it.
          else expect(levelsOf(decoded.message)).toBeLessThanOrEqual(MOST_LEVELS + 1);
        }),
      );
    },
  );
});
