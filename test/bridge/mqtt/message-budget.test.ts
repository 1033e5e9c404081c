import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import { MessageBudget } from '../../../bridge/mqtt/message-budget.js';

const STOP = Buffer.from('{"operation":"emergency-stop","id":"me"}');
const OTHER = Buffer.from('{"operation":"freeze","id":"me","frozen":true}');

function budgetOf() {
  const clock = new ManualClock(10);
  const onExcess = vi.fn();
  const rates = new Map([
    ['requests', 100],
    ['others', 100],
  ]);
  const budget = new MessageBudget({ rates, stopTopic: 'requests', clock, onExcess });
  const taken = (topic: string, payload: Buffer, count: number): number =>
    Array.from({ length: count }, () => budget.judge(topic, payload)).filter((verdict) => verdict === 'taken')
      .length;
  return { clock, budget, onExcess, taken };
}

describe('how much is heard of what strangers say', () => {
  it('is so much a second, and twice as much at once', () => {
    const { clock, taken, budget } = budgetOf();
    expect(taken('others', OTHER, 1000)).toBe(200);
    clock.advance(0.5);
    expect(taken('others', OTHER, 1000)).toBe(50);
    expect(budget.dropped).toBe(1750);
  });

  it('of one topic does not depend on what is said about another', () => {
    const { taken } = budgetOf();
    taken('others', OTHER, 10_000);
    expect(taken('requests', OTHER, 200)).toBe(200);
  });

  it('is everything of a topic without a limit', () => {
    const { taken } = budgetOf();
    expect(taken('states', OTHER, 10_000)).toBe(10_000);
  });

  it('is told when it begins to be too much, and once in a while from then on', () => {
    const { clock, taken, onExcess } = budgetOf();
    taken('others', OTHER, 200);
    expect(onExcess).not.toHaveBeenCalled();
    for (let k = 0; k < 150; k++) {
      taken('others', OTHER, 100);
      clock.advance(0.1);
    }
    expect(onExcess.mock.calls.map(([topic]) => topic as string)).toEqual(['others', 'others']);
    expect(onExcess).toHaveBeenLastCalledWith(
      'others',
      expect.stringMatching(/^more than 100 .*\(\d+ so far\)$/),
    );
  });
});

describe('an emergency stop among too many messages', () => {
  it('is heard', () => {
    const { taken } = budgetOf();
    taken('requests', OTHER, 10_000);
    expect(taken('requests', STOP, 1)).toBe(1);
  });

  it('is heard though others only mention one', () => {
    const { taken } = budgetOf();
    taken('requests', OTHER, 10_000);
    for (const decoy of [
      '{"operation":"freeze","id":"emergency-stop"}',
      'emergency-stop',
      'null "emergency-stop"',
    ]) {
      expect(taken('requests', Buffer.from(decoy), 1000)).toBe(0);
    }
    expect(taken('requests', STOP, 1)).toBe(1);
  });

  it('is heard again every now and then, and not for each time that it is asked for', () => {
    const { clock, taken } = budgetOf();
    taken('requests', STOP, 200);
    expect(taken('requests', STOP, 1000)).toBe(1);
    clock.advance(0.001);
    taken('requests', OTHER, 1);
    expect(taken('requests', STOP, 1000)).toBe(0);
    clock.advance(0.05);
    taken('requests', OTHER, 5);
    expect(taken('requests', STOP, 1000)).toBe(1);
  });

  it('is none where it is said on another topic', () => {
    const { taken } = budgetOf();
    taken('others', OTHER, 10_000);
    expect(taken('others', STOP, 1)).toBe(0);
  });
});
