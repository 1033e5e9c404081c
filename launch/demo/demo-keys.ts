import type { Acknowledgement, PerturbationRequest } from '../../bridge/index.js';
import type { PerturbationInput } from '../../policy/perturbation/index.js';
import { ANT_LEGS } from '../../policy/robot-contract.js';
import type { SimulatedWalk } from './simulated-walk.js';

/** What the keys do, in one line. */
export const KEYS_HELP =
  '1-4 leg short/whole  f freeze/thaw  z zero 1/3 of weights  s saturate 2 s  r reset weights  n new start  space stop  c clear the stop  q quit';

/** The text of Ctrl-C where the terminal hands over keys as they are typed. */
const CONTROL_C = '\x03';

/** s */
const SATURATION = 2;

/** Turns keys into the requests that any operator could send. */
export class DemoKeys {
  private readonly walk: SimulatedWalk;
  private readonly quit: () => void;
  private count = 0;

  constructor(walk: SimulatedWalk, quit: () => void) {
    this.walk = walk;
    this.quit = quit;
  }

  /** What came of it, for people; undefined for keys without a meaning. */
  press(key: string): string | undefined {
    const leg = ANT_LEGS[Number(key) - 1];
    if (leg !== undefined) {
      return this.toggle(`${leg} short`, `${leg} whole`, {
        id: `key-${leg}`,
        component: 'leg',
        type: 'shorten',
        target: leg,
      });
    }
    switch (key) {
      case 'f':
        return this.toggle('weights frozen', 'plastic again', {
          id: 'key-freeze',
          component: 'plasticity',
          type: 'freeze',
        });
      case 's':
        return this.toggle('outputs saturated', 'outputs free', {
          id: 'key-saturate',
          component: 'outputs',
          type: 'saturated',
          duration: SATURATION,
        });
      case 'z':
        return this.begin('a third of the weights zeroed', {
          id: `key-${++this.count}`,
          component: 'weights',
          type: 'zero',
          value: 1 / 3,
        });
      case 'r':
        return this.begin('weights reset', {
          id: `key-${++this.count}`,
          component: 'weights',
          type: 'reset',
        });
      case 'n':
        this.walk.restart(`key-${++this.count}`);
        return 'new start';
      case ' ':
        this.walk.operator.publish('operatorRequest', {
          operation: 'emergency-stop',
          id: `key-${++this.count}`,
        });
        return 'stopped; c clears it';
      case 'c':
        return this.walk.controller.clearStop() ? 'cleared' : 'nothing to clear';
      case 'q':
      case CONTROL_C:
        this.quit();
        return 'stopping';
      default:
        return undefined;
    }
  }

  /** Begin it; or end it, where the same key began it and it still lasts. */
  private toggle(begun: string, ended: string, perturbation: PerturbationInput): string {
    const { id } = perturbation;
    const lasts = this.walk.status.activePerturbations.some((active) => active.id === id);
    return lasts ? this.request(ended, { operation: 'end', id }) : this.begin(begun, perturbation);
  }

  private begin(done: string, perturbation: PerturbationInput): string {
    return this.request(done, { operation: 'begin', perturbation });
  }

  private request(done: string, request: PerturbationRequest): string {
    const answer: Acknowledgement = this.walk.ask(request);
    return answer.accepted ? done : `refused: ${answer.reason}`;
  }
}
