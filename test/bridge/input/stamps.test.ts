import { describe, expect, it } from 'vitest';
import { RobotStateInput } from '../../../bridge/input/robot-state-input.js';
import { DEFAULT_SAFETY } from '../../../bridge/supervisor/safety-settings.js';
import { InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';
import { standingAnt } from '../robot-messages.js';

const LONG = 2;

/** An input on a transport, and how many of the states that were published counted as news. */
function listening() {
  const transport = new InMemoryTransport();
  const input = new RobotStateInput(ANT_CONTRACT, DEFAULT_SAFETY);
  const clock = { now: 100 };
  let news = 0;
  input.listen(
    transport,
    () => clock.now,
    () => news++,
  );
  return {
    input,
    wait: (seconds: number) => void (clock.now += seconds),
    /** Whether it was news. */
    publish: (stamp: number, episode = 0): boolean => {
      const before = news;
      transport.publish('robotState', { ...standingAnt(), stamp, episode });
      return news > before;
    },
  };
}

describe('a state is news', () => {
  it('when its stamp goes on', () => {
    const { publish } = listening();
    expect([1, 2, 2.1].map((stamp) => publish(stamp))).toEqual([true, true, true]);
  });

  it('not when it is the same again, however long that goes on', () => {
    const { publish, wait } = listening();
    publish(5);
    for (let k = 0; k < 10; k++) {
      expect(publish(5)).toBe(false);
      wait(LONG);
    }
  });

  it('not when it was overtaken on its way', () => {
    const { publish } = listening();
    publish(5);
    expect([4, 4.5, 4.9].map((stamp) => publish(stamp))).toEqual([false, false, false]);
  });

  it('in another episode, whatever its stamp', () => {
    const { publish, input } = listening();
    publish(5);
    expect(publish(1, 1)).toBe(true);
    expect(input.episode).toBe(1);
  });

  it('when a robot that was silent goes on with its clock set back: it was started anew', () => {
    const { publish, wait, input } = listening();
    publish(5000);
    wait(LONG);
    expect(publish(0.1), 'it might be a straggler').toBe(false);
    expect(publish(0.2)).toBe(true);
    expect(publish(0.3)).toBe(true);
    expect(input.judge(100 + LONG)).toBe('good');
  });

  it('not when an old one comes again and again after a silence', () => {
    const { publish, wait } = listening();
    publish(5);
    wait(LONG);
    expect([1, 1, 1, 5, 1, 1, 5].map((stamp) => publish(stamp))).not.toContain(true);
  });
});
