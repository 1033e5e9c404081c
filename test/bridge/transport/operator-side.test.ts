import { describe, expect, it } from 'vitest';
import type { Topic } from '../../../bridge/message-map.js';
import { InMemoryNetwork, InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { operatorSide } from '../../../bridge/transport/operator-side.js';
import { relay, REQUESTS, TELEMETRY } from '../../../bridge/transport/relay.js';
import { exampleMessages } from '../../contract/transport-contract.js';

/** A node's network with two that are joined to the side of its operators, and who heard what. */
function joined() {
  const faults: unknown[] = [];
  const warnings: unknown[] = [];
  const near = new InMemoryTransport(new InMemoryNetwork((_topic, error) => faults.push(error)));
  const side = operatorSide(near, (_topic, error) => warnings.push(error));
  const ends = { page: new InMemoryTransport(), broker: new InMemoryTransport() };
  relay(side, ends.page);
  relay(side, ends.broker);
  const heard: string[] = [];
  for (const topic of Object.keys(exampleMessages()) as Topic[]) {
    near.subscribe(topic, () => heard.push(`near ${topic}`));
    ends.page.subscribe(topic, () => heard.push(`page ${topic}`));
    ends.broker.subscribe(topic, () => heard.push(`broker ${topic}`));
  }
  return { near, side, ...ends, heard, faults, warnings };
}

describe('the side of the operators', () => {
  it.each(TELEMETRY)('hears of each %s once, whoever is joined to it', (topic) => {
    const { near, heard } = joined();
    near.publish(topic, exampleMessages()[topic]);
    expect(heard.sort()).toEqual([`broker ${topic}`, `near ${topic}`, `page ${topic}`]);
  });

  it.each(REQUESTS)('asks for each %s once, whoever asks', (topic) => {
    const { page, broker, heard } = joined();
    page.publish(topic, exampleMessages()[topic]);
    expect(heard.splice(0).sort()).toEqual([`near ${topic}`, `page ${topic}`]);
    broker.publish(topic, exampleMessages()[topic]);
    expect(heard.sort()).toEqual([`broker ${topic}`, `near ${topic}`]);
  });

  it('tells every operator the answer', () => {
    const { near, page, heard } = joined();
    near.subscribe('operatorRequest', ({ id }) =>
      near.publish('acknowledgement', { id, from: 'controller', accepted: true, reason: '' }),
    );
    page.publish('operatorRequest', exampleMessages().operatorRequest);
    expect(heard.filter((line) => line.endsWith('acknowledgement')).sort()).toEqual([
      'broker acknowledgement',
      'near acknowledgement',
      'page acknowledgement',
    ]);
  });

  it('keeps its own faults, and leaves those of the node to the node', () => {
    const { near, side, page, faults, warnings } = joined();
    const [ofSide, ofNode] = [new Error('of the side'), new Error('of the node')];
    side.subscribe('status', () => {
      throw ofSide;
    });
    near.subscribe('operatorRequest', () => {
      throw ofNode;
    });
    near.publish('status', exampleMessages().status);
    page.publish('operatorRequest', exampleMessages().operatorRequest);
    expect({ faults, warnings }).toEqual({ faults: [ofNode], warnings: [ofSide] });
  });

  it('lets nobody there speak for the robot or the controller', () => {
    const { side, page, heard } = joined();
    for (const topic of TELEMETRY) page.publish(topic, exampleMessages()[topic]);
    for (const topic of TELEMETRY) side.publish(topic, exampleMessages()[topic]);
    expect(heard.filter((line) => line.startsWith('near'))).toEqual([]);
  });
});
