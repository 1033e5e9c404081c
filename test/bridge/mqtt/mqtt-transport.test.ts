import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../until.js';
import { describeTransport, exampleMessages } from '../../contract/transport-contract.js';
import { Broker, describeWithBroker, endpoint } from './broker.js';

describeWithBroker('MQTT over a real broker', () => {
  let broker: Broker;
  let robots = 0;
  beforeAll(async () => {
    broker = await Broker.start();
  });
  afterAll(() => broker.dispose());

  describeTransport('the MQTT transport', async () => {
    const listenerErrors: unknown[] = [];
    const robot = `ant-${robots++}`;
    const onListenerError = (_topic: unknown, error: unknown): void => void listenerErrors.push(error);
    const near = await endpoint(broker, { robot, onListenerError });
    const far = await endpoint(broker, { robot, onListenerError });
    return { near, far, listenerErrors };
  });

  it('closes when all that was published is with the broker, the last command included', async () => {
    const near = await endpoint(broker, { robot: 'leaving' });
    const far = await endpoint(broker, { robot: 'leaving' });
    const { acknowledgement, jointCommand } = exampleMessages();
    let answers = 0;
    const commands: number[] = [];
    far.subscribe('acknowledgement', () => answers++);
    far.subscribe('jointCommand', ({ stamp }) => commands.push(stamp));
    for (let n = 0; n < 1000; n++) near.publish('acknowledgement', acknowledgement);
    near.publish('jointCommand', { ...jointCommand, stamp: 99 });
    await near.close();
    expect(near.statistics()).toEqual({
      droppedPeriodic: 0,
      droppedQueued: 0,
      droppedIncoming: 0,
      waiting: 0,
    });
    await until(() => expect([answers, commands]).toEqual([1000, [99]]));
    await far.close();
  });
});
