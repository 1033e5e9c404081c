import { describe, expect, it } from 'vitest';
import type { Acknowledgement, OperatorRequest } from '../../bridge/message-map.js';
import { listenToOperators, type RequestRefusal } from '../../bridge/operator-requests.js';
import { InMemoryNetwork, InMemoryTransport } from '../../bridge/transport/in-memory-transport.js';

/** Somebody who grants all that is asked, or refuses it with `refusal`. */
function listening(refusal?: RequestRefusal) {
  const errors: unknown[] = [];
  const transport = new InMemoryTransport(new InMemoryNetwork((_topic, error) => errors.push(error)));
  const granted: OperatorRequest[] = [];
  const answers: Acknowledgement[] = [];
  transport.subscribe('acknowledgement', (answer) => answers.push(answer));
  const stop = listenToOperators(transport, (request) => {
    granted.push(request);
    return refusal;
  });
  const ask = (request: unknown) => transport.publish('operatorRequest', request as never);
  return { ask, granted, answers, errors, stop };
}

describe('requests of operators', () => {
  it.each<OperatorRequest>([
    { operation: 'emergency-stop', id: 'a' },
    { operation: 'freeze', id: 'b', frozen: true },
    { operation: 'reset-weights', id: 'c' },
    { operation: 'reset-weights', id: 'd', seed: 0xffffffff },
    { operation: 'goal-heading', id: 'e', heading: -Math.PI },
  ])('are granted as they are asked, and answered: %o', (request) => {
    const { ask, granted, answers } = listening();
    ask(request);
    expect(granted).toEqual([request]);
    expect(answers).toEqual([{ id: request.id, from: 'controller', accepted: true, reason: '' }]);
  });

  it.each<[unknown, string, RegExp]>([
    [null, '', /a request is \{ operation/],
    ['freeze', '', /a request is/],
    [[], '', /a request is/],
    [{ id: 'x' }, 'x', /operation: .*a request is/],
    [{ operation: 'dance', id: 'x' }, 'x', /operation: .*a request is/],
    [{ operation: 'freeze', id: 'x' }, 'x', /frozen: /],
    [{ operation: 'freeze', id: 'x', frozen: 'yes' }, 'x', /frozen: /],
    [{ operation: 'freeze', frozen: true }, '', /id: /],
    [{ operation: 'freeze', id: 'x', frozen: true, for: 5 }, 'x', /for/],
    [{ operation: 'reset-weights', id: 'x', seed: -1 }, 'x', /seed: /],
    [{ operation: 'reset-weights', id: 'x', seed: 0.5 }, 'x', /seed: /],
    [{ operation: 'goal-heading', id: 'x', heading: NaN }, 'x', /heading: /],
    [{ operation: 'goal-heading', id: 'x', heading: 3.2 }, 'x', /heading: .*from -pi to pi/],
    [{ operation: 'clear-stop', id: 'x' }, 'x', /operation: /],
    [{ operation: 'freeze', id: 'x'.repeat(65), frozen: true }, '', /id: /],
  ])('that make no sense are answered and not granted: %o', (request, id, reason) => {
    const { ask, granted, answers, errors } = listening();
    ask(request);
    expect(granted).toEqual([]);
    expect(errors).toEqual([]);
    expect(answers).toMatchObject([{ id, accepted: false, code: 'ERR_OPERATOR_REQUEST' }]);
    expect(answers[0]!.reason).toMatch(reason);
  });

  it.each<[unknown, string]>([
    [{ operation: 'emergency-stop' }, ''],
    [{ operation: 'emergency-stop', id: 7 }, ''],
    [{ operation: 'emergency-stop', id: 'x'.repeat(1000) }, ''],
    [{ operation: 'emergency-stop', id: 'x', frozen: {}, heading: NaN }, 'x'],
  ])('for an emergency stop are heard, whatever else is wrong with them: %o', (request, id) => {
    const { ask, granted, answers } = listening();
    ask(request);
    expect(granted).toEqual([{ operation: 'emergency-stop', id }]);
    expect(answers).toMatchObject([{ id, accepted: true }]);
  });

  it('are refused with the reason of whoever cannot grant them', () => {
    const { ask, answers } = listening({ code: 'ERR_OPERATOR_REQUEST', reason: 'not today' });
    ask({ operation: 'freeze', id: 'x', frozen: true });
    expect(answers).toEqual([
      { id: 'x', from: 'controller', accepted: false, code: 'ERR_OPERATOR_REQUEST', reason: 'not today' },
    ]);
  });

  it('are not heard any more once nobody listens', () => {
    const { ask, granted, answers, stop } = listening();
    stop();
    ask({ operation: 'emergency-stop', id: 'x' });
    expect(granted).toEqual([]);
    expect(answers).toEqual([]);
  });
});
