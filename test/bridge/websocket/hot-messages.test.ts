import { describe, expect, it } from 'vitest';
import { ManualClock, MonotonicClock } from '../../../bridge/clock.js';
import { HotMessages } from '../../../bridge/websocket/hot-messages.js';
import { CHANNELS } from '../../../bridge/websocket/channels.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { enter, foxglove, serve } from './rig.js';

function collected(period: number) {
  const clock = new ManualClock(100);
  const released: { at: number; messages: readonly string[] }[] = [];
  const hot = new HotMessages<string>({
    clock,
    period,
    release: (messages) => released.push({ at: clock.now() - 100, messages }),
  });
  return { clock, hot, released };
}

describe('messages that come each control period', () => {
  it('go out together when a step has ended, of each channel the newest, oldest first', () => {
    const { clock, hot, released } = collected(0.1);
    hot.endStep();
    hot.put(1, 'state 1');
    hot.put(2, 'scene 1');
    clock.advance(0.05);
    hot.put(1, 'state 2');
    hot.put(3, 'command');
    expect(released).toEqual([]);
    hot.endStep();
    expect(released).toEqual([
      { at: expect.closeTo(0.05) as number, messages: ['scene 1', 'state 2', 'command'] },
    ]);
    clock.advance(1);
    expect(released).toHaveLength(1);
  });

  it('go out once a period, however often steps end, and the last of them too', () => {
    const { clock, hot, released } = collected(0.1);
    for (let step = 1; step <= 500; step++) {
      hot.put(1, `state ${step}`);
      hot.endStep();
      clock.advance(0.002);
    }
    expect(released.length).toBeGreaterThan(8);
    expect(released.length).toBeLessThan(12);
    clock.advance(0.3);
    expect(released.at(-1)!.messages).toEqual(['state 500']);
  });

  it('go out after a period where steps end no more, and from then on as they come', () => {
    const { clock, hot, released } = collected(0.05);
    hot.endStep();
    for (let n = 0; n < 8; n++) {
      hot.put(1, `state ${n}`);
      clock.advance(0.04);
    }
    clock.advance(1);
    expect(released.slice(0, 2)).toEqual([
      { at: expect.closeTo(0.05) as number, messages: ['state 1'] },
      { at: expect.closeTo(0.12) as number, messages: ['state 3'] },
    ]);
    expect(released.at(-1)!.messages).toEqual(['state 7']);
  });

  it('go out once a period where there are no steps, the newest of them last', () => {
    const { clock, hot, released } = collected(0.1);
    for (let n = 1; n <= 100; n++) {
      hot.put(1, `state ${n}`);
      clock.advance(0.01);
    }
    clock.advance(1);
    expect(released.length).toBeGreaterThan(8);
    expect(released.length).toBeLessThan(14);
    expect(released[0]).toEqual({ at: 0, messages: ['state 1'] });
    expect(released.at(-1)!.messages).toEqual(['state 100']);
  });
});

/** Time in which every look at the clock takes a millisecond: all work is slow. */
class SlowClock extends MonotonicClock {
  private time = 0;

  override now(): number {
    return (this.time += 1e-3);
  }
}

describe('what goes to many clients', () => {
  it('leaves turns of the event loop to others between them', async () => {
    const { server, address } = await serve({ clock: new SlowClock() });
    const clients = 40;
    let heard = 0;
    for (let k = 0; k < clients; k++) {
      const socket = await enter(address);
      socket.on('message', (_data, isBinary) => {
        if (isBinary) heard++;
      });
      const ready = new Promise((resolve) => socket.once('pong', resolve));
      const subscriptions = CHANNELS.map(({ id }) => ({ id, channelId: id }));
      socket.send(JSON.stringify({ op: 'subscribe', subscriptions }));
      socket.ping();
      await ready;
    }
    server.publish('status', exampleMessages().status);
    let turns = 0;
    for (; heard < clients; turns++) await new Promise(setImmediate);
    expect(turns).toBeGreaterThanOrEqual(clients);
  });

  it('is the message as it was, though its publisher has filled it anew before it goes out', async () => {
    const { server, address } = await serve();
    const client = await foxglove(address);
    const topics = ['/robot_state', '/weights', '/tf', '/joint_command'] as const;
    const [states, weights, frames, commands] = topics.map((topic) => client.listenTo(topic));
    await client.settled();
    const messages = exampleMessages();
    server.publish('weights', messages.weights);
    server.publish('robotState', messages.robotState);
    server.publish('jointCommand', messages.jointCommand);
    messages.robotState.stamp = -1;
    messages.robotState.torso.position.fill(-1);
    messages.jointCommand.values.fill(-1);
    for (const { values } of messages.weights.layers) values.fill(-1);
    while (commands!.length === 0) await client.settled();
    expect(states).toMatchObject([{ stamp: 12.25, torso: { position: [1, 2, 0.5] } }]);
    expect(frames).toMatchObject([{ translation: { x: 1, y: 2, z: 0.5 } }]);
    expect(commands).toMatchObject([{ values: [-125, 62.5] }]);
    expect(weights).toMatchObject([{ layers: [{ values: expect.stringMatching(/^AAAAP/) as string }, {}] }]);
  });
});
