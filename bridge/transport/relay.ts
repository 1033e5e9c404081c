import type { Topic } from '../message-map.js';
import type { Listener, Transport, Unsubscribe } from '../transport.js';

/** What goes out to whoever watches from elsewhere. */
export const TELEMETRY: readonly Topic[] = [
  'robotState',
  'observation',
  'jointCommand',
  'bodyPerturbation',
  'acknowledgement',
  'status',
  'weights',
];

/** What comes in from whoever operates from elsewhere. */
export const REQUESTS: readonly Topic[] = ['perturbationRequest', 'operatorRequest', 'simulationRequest'];

/** Topics by the way that they go; none goes both ways, or messages would go round in circles. */
export interface Ways {
  readonly outward: readonly Topic[];
  readonly inward: readonly Topic[];
}

/**
 * Join two transports: what is said on `near` is said on `far` too, and what is asked on `far` on `near`. Returns what
 * takes them apart; both stay open.
 */
export function relay(
  near: Transport,
  far: Transport,
  { outward, inward }: Ways = { outward: TELEMETRY, inward: REQUESTS },
): Unsubscribe {
  const subscriptions = [
    ...outward.map((topic) => pass(topic, near, far)),
    ...inward.map((topic) => pass(topic, far, near)),
  ];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}

function pass(topic: Topic, from: Transport, to: Transport): Unsubscribe {
  // What comes of a topic is a message of that topic; the type of all topics together cannot say so.
  const forward = to.publish.bind(to, topic) as Listener<Topic>;
  return from.subscribe(topic, forward);
}
