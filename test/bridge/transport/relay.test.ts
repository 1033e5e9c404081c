import { describe, expect, it } from 'vitest';
import type { Topic } from '../../../bridge/message-map.js';
import { InMemoryTransport } from '../../../bridge/transport/in-memory-transport.js';
import { relay, REQUESTS, TELEMETRY } from '../../../bridge/transport/relay.js';
import { exampleMessages } from '../../contract/transport-contract.js';

function joined() {
  const near = new InMemoryTransport();
  const far = new InMemoryTransport();
  const heard: string[] = [];
  for (const topic of Object.keys(exampleMessages()) as Topic[]) {
    near.subscribe(topic, () => heard.push(`near ${topic}`));
    far.subscribe(topic, () => heard.push(`far ${topic}`));
  }
  return { near, far, heard, part: relay(near, far) };
}

describe('a relay', () => {
  it.each(TELEMETRY)('says on the far side what is said on the near one: %s', (topic) => {
    const { near, heard } = joined();
    near.publish(topic, exampleMessages()[topic]);
    expect(heard.sort()).toEqual([`far ${topic}`, `near ${topic}`]);
  });

  it.each(REQUESTS)('asks on the near side what is asked on the far one: %s', (topic) => {
    const { far, heard } = joined();
    far.publish(topic, exampleMessages()[topic]);
    expect(heard.sort()).toEqual([`far ${topic}`, `near ${topic}`]);
  });

  it('lets nobody on the far side speak for the robot or the controller', () => {
    const { far, heard } = joined();
    for (const topic of TELEMETRY) far.publish(topic, exampleMessages()[topic]);
    expect(heard.filter((line) => line.startsWith('near'))).toEqual([]);
  });

  it('has a way for every topic', () => {
    expect([...TELEMETRY, ...REQUESTS].sort()).toEqual(Object.keys(exampleMessages()).sort());
  });

  it('takes both sides apart again', () => {
    const { near, heard, part } = joined();
    part();
    near.publish('acknowledgement', exampleMessages().acknowledgement);
    expect(heard).toEqual(['near acknowledgement']);
  });
});
