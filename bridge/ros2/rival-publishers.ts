import type { RosNode } from './rclnodejs.js';

/** What the guard is called unless somebody calls it otherwise. It speaks on the topic of the commands by right. */
export const GUARD_NAME = 'hebbridge_guard';

/** Topics on which nobody but one should speak, with namespaces and after remappings; undefined: not in use. */
export interface SoleTopics {
  /** Of the node itself. */
  readonly commands: string | undefined;
  /** Of the robot. */
  readonly jointStates: string | undefined;
}

/**
 * Who speaks where only one should: a robot that hears two commanders follows now one, now the other, and joint
 * states of two robots make one that jumps. Empty: nobody. ROS 2 tells of a publisher that was killed for some
 * seconds more.
 */
export function rivalPublishers(
  node: Pick<RosNode, 'name' | 'namespace' | 'getPublishersInfoByTopic'>,
  { commands, jointStates }: SoleTopics,
): string {
  const speakers = (topic: string | undefined): string[] =>
    topic === undefined
      ? []
      : node.getPublishersInfoByTopic(topic).map((of) => fullName(of.node_namespace, of.node_name));
  const own = fullName(node.namespace(), node.name());
  const guard = (name: string): boolean => name.endsWith(`/${GUARD_NAME}`);
  // One of each: a second node of the same name is a rival.
  const others = withoutOne(
    withoutOne(speakers(commands), (name) => name === own),
    guard,
  );
  const robots = speakers(jointStates);
  return [
    ...(others.length > 0 ? [`${commands} is commanded by others too: ${others.join(', ')}`] : []),
    ...(robots.length > 1 ? [`${jointStates} has ${robots.length} publishers: ${robots.join(', ')}`] : []),
  ].join('; ');
}

function fullName(namespace: string, name: string): string {
  return `${namespace}/${name}`.replace('//', '/');
}

function withoutOne(names: readonly string[], wanted: (name: string) => boolean): string[] {
  const at = names.findIndex(wanted);
  return names.filter((_, place) => place !== at);
}
