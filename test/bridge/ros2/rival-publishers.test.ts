import { describe, expect, it } from 'vitest';
import { rivalPublishers } from '../../../bridge/ros2/rival-publishers.js';

const COMMANDS = '/robot1/effort_controller/commands';
const JOINTS = '/robot1/joint_states';

/** What the node /robot1/hebbridge says of these publishers. */
function said(publishers: Readonly<Record<string, readonly string[]>>): string {
  const node = {
    name: () => 'hebbridge',
    namespace: () => '/robot1',
    getPublishersInfoByTopic: (topic: string) =>
      (publishers[topic] ?? []).map((name) => ({
        node_namespace: name.slice(0, name.lastIndexOf('/')) || '/',
        node_name: name.slice(name.lastIndexOf('/') + 1),
      })),
  };
  return rivalPublishers(node, { commands: COMMANDS, jointStates: JOINTS });
}

describe('who speaks where only one should', () => {
  it('is nobody with one robot, the node itself and its guard', () => {
    const right = {
      [COMMANDS]: ['/robot1/hebbridge_guard', '/robot1/hebbridge'],
      [JOINTS]: ['/broadcaster'],
    };
    expect(said(right)).toBe('');
    expect(said({})).toBe('');
  });

  it('is whoever else commands, a second node and a second guard of the same name included', () => {
    const others = ['/joystick', '/robot1/hebbridge', '/robot1/hebbridge_guard'];
    const all = ['/robot1/hebbridge', '/robot1/hebbridge_guard', ...others];
    expect(said({ [COMMANDS]: all })).toBe(`${COMMANDS} is commanded by others too: ${others.join(', ')}`);
  });

  it('is each of several that tell joints', () => {
    expect(said({ [JOINTS]: ['/a', '/gripper/b'] })).toBe(`${JOINTS} has 2 publishers: /a, /gripper/b`);
  });
});
