import { HebbridgeError } from '../../policy/errors.js';
import type { Topic } from '../message-map.js';
import { AVAILABILITY_NAME, DELIVERIES } from './deliveries.js';

const ROBOT_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The MQTT topics of one robot: `hebbridge/<robot>/robot-state` and so on. */
export class TopicNames {
  readonly availability: string;
  private readonly prefix: string;
  private readonly topics = new Map<string, Topic>();

  /** @throws HebbridgeError ERR_SETTING for a name that would mean something else in a topic */
  constructor(robot: string) {
    if (!ROBOT_NAME.test(robot)) {
      const right = '1 to 64 letters, digits, - and _, like ant-1';
      throw new HebbridgeError('ERR_SETTING', `'${robot}' is no name of a robot; give ${right}`);
    }
    this.prefix = `hebbridge/${robot}/`;
    this.availability = `${this.prefix}${AVAILABILITY_NAME}`;
    for (const topic of Object.keys(DELIVERIES) as Topic[]) this.topics.set(this.nameOf(topic), topic);
  }

  nameOf(topic: Topic): string {
    return `${this.prefix}${DELIVERIES[topic].name}`;
  }

  /** undefined: none of ours. */
  topicOf(name: string): Topic | undefined {
    return this.topics.get(name);
  }
}
