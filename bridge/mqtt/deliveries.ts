import type { Topic } from '../message-map.js';

/** How the messages of a topic travel over MQTT. */
export interface Delivery {
  /** Below `hebbridge/<robot>/`. */
  readonly name: string;
  /** 0: at most once, and dropped rather than kept waiting; 1: at least once. */
  readonly qos: 0 | 1;
  /** Whether the broker shows the newest one to whoever comes later. */
  readonly retain: boolean;
  /** s after which a message is of no use any more, on its way or waiting for the broker. */
  readonly lifetime: number;
  /** Bytes of the largest payload that is read. */
  readonly largestPayload: number;
  /** Messages a second that are heard, and twice as many at once: of what anybody may say who operates the robot. */
  readonly rate: number;
}

/** s. Nobody expects a request to be carried out long after it was made: the robot may stand elsewhere by then. */
const REQUEST_LIFETIME = 5;
const ANSWER_LIFETIME = 60;
const REQUEST_RATE = 200;
const KIBIBYTE = 1024;

const periodic = (name: string, largestPayload: number): Delivery => ({
  name,
  qos: 0,
  retain: false,
  lifetime: Infinity,
  largestPayload,
  rate: Infinity,
});

const inOrder = (name: string, lifetime: number, rate = Infinity): Delivery => ({
  name,
  qos: 1,
  retain: false,
  lifetime,
  largestPayload: 16 * KIBIBYTE,
  rate,
});

export const DELIVERIES: Readonly<Record<Topic, Delivery>> = {
  robotState: periodic('robot-state', 256 * KIBIBYTE),
  observation: periodic('observation', 256 * KIBIBYTE),
  jointCommand: periodic('joint-command', 256 * KIBIBYTE),
  weights: periodic('weights', 4096 * KIBIBYTE),
  perturbationRequest: inOrder('perturbation-request', REQUEST_LIFETIME, REQUEST_RATE),
  operatorRequest: inOrder('operator-request', REQUEST_LIFETIME, REQUEST_RATE),
  simulationRequest: inOrder('simulation-request', REQUEST_LIFETIME, REQUEST_RATE),
  // No end of a damage may be lost: what begins late ends late.
  bodyPerturbation: inOrder('body-perturbation', Infinity),
  acknowledgement: inOrder('acknowledgement', ANSWER_LIFETIME),
  status: { ...inOrder('status', Infinity), retain: true, largestPayload: 256 * KIBIBYTE },
};

/** The topic, below `hebbridge/<robot>/`, that says `online` or `offline`. */
export const AVAILABILITY_NAME = 'online';
export const AVAILABILITY_RATE = REQUEST_RATE;
