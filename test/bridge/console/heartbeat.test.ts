import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import { Heartbeat } from '../../../bridge/console/connection/heartbeat.js';

describe('the heartbeat of a page', () => {
  let clock: ManualClock;
  let heartbeat: Heartbeat;
  let visible: boolean;
  let beats: number[];
  beforeEach(() => {
    clock = new ManualClock();
    visible = true;
    beats = [];
    heartbeat = new Heartbeat({
      visible: () => visible,
      beat: () => beats.push(clock.now()),
      after: (seconds, callback) => void clock.callAt(clock.now() + seconds, callback),
    });
  });

  it('beats at once, and twice a second', () => {
    heartbeat.look();
    clock.advance(2);
    expect(beats).toEqual([0, 0.5, 1, 1.5, 2]);
  });

  it('is silent while nobody can see the page, and beats at once when somebody can', () => {
    visible = false;
    heartbeat.look();
    clock.advance(3.25);
    expect(beats).toEqual([]);
    visible = true;
    heartbeat.look();
    clock.advance(0.5);
    expect(beats).toEqual([3.25, 3.75]);
  });

  it('beats three times within the silence that the server allows, where that is short', () => {
    heartbeat.patience = 0.3;
    clock.advance(0.3);
    expect(beats).toHaveLength(4);
    heartbeat.patience = 10;
    beats.length = 0;
    clock.advance(1);
    expect(beats).toHaveLength(2);
    heartbeat.patience = undefined;
    beats.length = 0;
    clock.advance(1);
    expect(beats).toHaveLength(2);
  });

  it('beats no faster for being looked at often', () => {
    heartbeat.look();
    heartbeat.look();
    heartbeat.look();
    beats.length = 0;
    clock.advance(1);
    expect(beats).toHaveLength(2);
  });
});
