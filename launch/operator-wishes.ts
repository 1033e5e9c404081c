import type { OperatorRequest, PerturbationRequest } from '../bridge/message-map.js';
import { HebbridgeError } from '../policy/errors.js';
import { parsePerturbation, perturbationKind, type Perturbation } from '../policy/perturbation/index.js';

/** Something that an operator wants of a controller: what travels, and how it is asked for. */
export type Wish = {
  /** As people read it: the perturbation's text form, `emergency-stop`. */
  readonly text: string;
  readonly id: string;
  /** Whether it can be asked twice without harm, so that it need not wait until the answer is sure to be heard. */
  readonly urgent: boolean;
  /** The robot answers as well: it is about its body, now. */
  readonly ofRobot: boolean;
} & (
  | { readonly topic: 'perturbationRequest'; readonly request: PerturbationRequest }
  | { readonly topic: 'operatorRequest'; readonly request: OperatorRequest }
);

/** What the options of `hebbridge perturb` say. */
export interface WishOptions {
  readonly texts: readonly { readonly text: string; readonly perturbation: Perturbation }[];
  readonly end: readonly string[];
  readonly estop: boolean;
  readonly freeze: boolean;
  readonly thaw: boolean;
  readonly resetWeights: boolean;
}

/** Longest id that a controller takes. */
const LONGEST_ID = 64;

/**
 * Read the text form of a perturbation, without knowing the robot. Its id is the text itself: people see in every list
 * what it is, and one that is asked for twice is refused for what it holds anyway.
 *
 * @throws HebbridgeError ERR_PERTURBATION_*, ERR_USAGE where the text is too long for an id
 */
export function readPerturbation(text: string, name: string): { text: string; perturbation: Perturbation } {
  const verdict = parsePerturbation(text, text.slice(0, LONGEST_ID));
  if (!verdict.accepted) throw new HebbridgeError(verdict.code, `${name}: ${verdict.reason}`);
  if (text.length > LONGEST_ID) {
    throw new HebbridgeError('ERR_USAGE', `${name}: '${text}' is longer than ${LONGEST_ID} characters`);
  }
  return { text, perturbation: verdict.perturbation };
}

/** In the order in which they are asked: what stops first, what perturbs last. */
export function wishesOf(options: WishOptions): readonly Wish[] {
  const operator = (given: boolean, request: OperatorRequest): Wish[] => {
    if (!given) return [];
    const urgent = request.operation === 'emergency-stop';
    const { id } = request;
    return [{ text: id, id, urgent, ofRobot: false, topic: 'operatorRequest', request }];
  };
  return [
    ...operator(options.estop, { operation: 'emergency-stop', id: 'estop' }),
    ...operator(options.freeze, { operation: 'freeze', id: 'freeze', frozen: true }),
    ...operator(options.thaw, { operation: 'freeze', id: 'thaw', frozen: false }),
    ...operator(options.resetWeights, { operation: 'reset-weights', id: 'reset-weights' }),
    ...options.end.map((id): Wish => ({
      text: `end ${id}`,
      id,
      urgent: false,
      ofRobot: false,
      topic: 'perturbationRequest',
      request: { operation: 'end', id },
    })),
    ...options.texts.map(({ text, perturbation }): Wish => ({
      text,
      id: perturbation.id,
      urgent: false,
      ofRobot: isOfBody(perturbation) && perturbation.start === 0,
      topic: 'perturbationRequest',
      request: { operation: 'begin', perturbation },
    })),
  ];
}

function isOfBody({ component, type }: Perturbation): boolean {
  return perturbationKind(component, type)?.actsOn === 'body';
}
