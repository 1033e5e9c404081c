import { afterAll, beforeAll } from 'vitest';
import { describeTransport } from '../../contract/transport-contract.js';
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
});
