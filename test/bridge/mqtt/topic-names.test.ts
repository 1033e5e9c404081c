import { describe, expect, it } from 'vitest';
import { TopicNames } from '../../../bridge/mqtt/topic-names.js';
import { reconnectDelay } from '../../../bridge/transport/reconnect-delay.js';
import { ALL_TOPICS } from './broker.js';

describe('the MQTT topics of a robot', () => {
  it('are named after our own, and found again by their names', () => {
    const names = new TopicNames('ant-1');
    expect(names.nameOf('robotState')).toBe('hebbridge/ant-1/robot-state');
    expect(names.availability).toBe('hebbridge/ant-1/online');
    for (const topic of ALL_TOPICS) {
      const inKebabCase = topic.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
      expect(names.nameOf(topic)).toBe(`hebbridge/ant-1/${inKebabCase}`);
      expect(names.topicOf(names.nameOf(topic))).toBe(topic);
    }
  });

  it('are not those of another robot', () => {
    expect(new TopicNames('one').topicOf(new TopicNames('two').nameOf('status'))).toBeUndefined();
  });

  it.each(['', '#', '+', 'a/b', 'a b', 'ä', 'a'.repeat(65), '$SYS'])(
    "cannot be named after a robot '%s', which would mean something else in a topic",
    (robot) => {
      const refused: unknown = expect.objectContaining({
        code: 'ERR_SETTING',
        message: expect.stringContaining(`'${robot}' is no name of a robot`) as unknown,
      });
      expect(() => new TopicNames(robot)).toThrow(refused);
    },
  );
});

describe('the delay before a broker is asked again', () => {
  const settings = { first: 0.5, longest: 30 };

  it('doubles with each failure, up to the longest', () => {
    const delays = [0, 1, 2, 3, 6, 7, 2000].map((failures) => reconnectDelay(failures, 0.999999, settings));
    expect(delays.map((delay) => Math.round(delay * 100) / 100)).toEqual([0.5, 1, 2, 4, 30, 30, 30]);
  });

  it('is spread over half of its length', () => {
    expect(reconnectDelay(1, 0, settings)).toBe(0.5);
    expect(reconnectDelay(1, 0.5, settings)).toBe(0.75);
  });
});
