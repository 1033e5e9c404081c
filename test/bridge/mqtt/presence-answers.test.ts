import { expect, it, vi } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import { Presence } from '../../../bridge/mqtt/presence.js';

function presence() {
  const clock = new ManualClock(5);
  const contradict = vi.fn();
  return { clock, contradict, presence: new Presence(clock, contradict) };
}

it('who is said to be gone contradicts at once, and then once a second at most', () => {
  const { clock, contradict, presence: present } = presence();
  present.denied();
  expect(contradict).toHaveBeenCalledTimes(1);
  for (let k = 0; k < 1000; k++) {
    clock.advance(0.0049);
    present.denied();
  }
  expect(contradict).toHaveBeenCalledTimes(5);
});

it('who is said to be gone has the last word', () => {
  const { clock, contradict, presence: present } = presence();
  for (let k = 0; k < 3; k++) present.denied();
  expect(contradict).toHaveBeenCalledTimes(1);
  clock.advance(60);
  expect(contradict).toHaveBeenCalledTimes(2);
});

it('who has left contradicts no more', () => {
  const { clock, contradict, presence: present } = presence();
  for (let k = 0; k < 3; k++) present.denied();
  present.stop();
  clock.advance(60);
  expect(contradict).toHaveBeenCalledTimes(1);
});
