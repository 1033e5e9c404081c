import { ANT_LEGS } from '../../../policy/robot-contract.js';
import {
  pauseSimulation,
  restartSimulation,
  type ConsoleRequest,
  type RestartChoice,
} from '../connection/requests.js';
import { spoken } from '../display/format.js';
import { element } from './element.js';

export interface SimulatorPanelOptions {
  readonly ask: (request: ConsoleRequest) => void;
  readonly nextId: () => string;
}

/** Pause, and restart with another seed, body or bundle; hidden where there is no simulator. */
export class SimulatorPanel {
  private readonly morphology = element('restart-morphology', HTMLSelectElement);
  private readonly bundle = element('restart-bundle', HTMLSelectElement);
  private readonly seed = element('restart-seed', HTMLInputElement);

  constructor({ ask, nextId }: SimulatorPanelOptions) {
    offer(this.morphology, ['intact', ...ANT_LEGS], (name) =>
      name === 'intact' ? name : `${spoken(name)} shortened`,
    );
    element('restart-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.seed.validity.valid) ask(restartSimulation(nextId(), this.choice()));
      else this.seed.reportValidity();
    });
    element('pause', HTMLButtonElement).addEventListener('click', () => ask(pauseSimulation(nextId(), true)));
    element('continue', HTMLButtonElement).addEventListener('click', () =>
      ask(pauseSimulation(nextId(), false)),
    );
  }

  /** The bundles that may be chosen; none: there is no choice. */
  offerBundles(names: readonly string[]): void {
    offer(this.bundle, names, (name) => name);
    element('restart-bundle-row', HTMLElement).hidden = names.length === 0;
  }

  private choice(): RestartChoice {
    const { morphology, bundle, seed } = this;
    return {
      ...(seed.value === '' ? {} : { seed: Number(seed.value) }),
      ...(morphology.value === '' ? {} : { morphology: morphology.value }),
      ...(bundle.value === '' ? {} : { bundle: bundle.value }),
    };
  }
}

function offer(select: HTMLSelectElement, names: readonly string[], words: (name: string) => string): void {
  const options = names.map((name) => new Option(words(name), name));
  select.replaceChildren(new Option('as before', ''), ...options);
}
