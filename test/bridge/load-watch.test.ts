import { describe, expect, it } from 'vitest';
import { LoadWatch } from '../../bridge/load-watch.js';

const PERIOD = 0.01;

/** What is found after each tenth of a second, in which so many periods were missed. */
function found(overrunPolicy: 'report' | 'hold' | 'stop', missed: readonly number[]): string[] {
  const load = new LoadWatch(PERIOD, { overrunPolicy, largestMissedShare: 0.3, stalePeriods: 3 });
  let sum = 0;
  return missed.map((count, k) => {
    const now = 5.05 + k / 10;
    load.note(now, (sum += count));
    return load.judge(now, PERIOD);
  });
}

describe('the watch over the load', () => {
  it('bears a share of missed periods up to the bound', () => {
    expect(found('hold', [10, 10, 10])).toEqual(['good', 'good', 'good']);
  });

  it.each([
    ['hold', 'overload'],
    ['stop', 'lasting-overload'],
    ['report', 'good'],
  ] as const)('past the bound, when it is to %s, finds: %s', (overrunPolicy, finding) => {
    expect(found(overrunPolicy, [31])).toEqual([finding]);
  });

  it.each(['report', 'hold', 'stop'] as const)(
    'holds after a silence in which a state would have become too old, whatever else it is told: %s',
    (overrunPolicy) => {
      const load = new LoadWatch(PERIOD, { overrunPolicy, largestMissedShare: 0.3, stalePeriods: 3 });
      expect([2.9, 3.1].map((periods) => load.judge(5, periods * PERIOD))).toEqual(['good', 'overload']);
    },
  );

  it('forgets within a second', () => {
    expect(found('hold', [40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toEqual([
      ...Array<string>(10).fill('overload'),
      'good',
    ]);
  });
});
