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
    offer(this.morphology, ['intact', ...ANT_LEGS], bodyWords);
    this.offerBundles([]);
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

  /** Whether there is a simulator that does what it is asked for. */
  setPresent(present: boolean): void {
    element('simulator', HTMLElement).hidden = !present;
  }

  /** The bundles that may be chosen; none: there is no choice. */
  offerBundles(names: readonly string[]): void {
    offer(this.bundle, names, (name) => name);
    element('restart-bundle-row', HTMLElement).hidden = names.length === 0;
  }

  /** What the controller runs now. */
  showBundle(name: string): void {
    showCurrent(this.bundle, name, name);
  }

  /** What body the robot began with, by its text. */
  showMorphology(text: string): void {
    showCurrent(this.morphology, text, bodyWords(text));
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

function bodyWords(morphology: string): string {
  const leg = ANT_LEGS.find((name) => name === morphology);
  return leg === undefined ? morphology : `${spoken(leg)} shortened`;
}

/** The first choice changes nothing. */
function offer(select: HTMLSelectElement, names: readonly string[], words: (name: string) => string): void {
  const unchanged = select.options[0] ?? new Option('as now', '');
  select.replaceChildren(unchanged, ...names.map((name) => new Option(words(name), name)));
}

/** Say what that first choice stands for; a choice that has come true is none any more. */
function showCurrent(select: HTMLSelectElement, name: string, words: string): void {
  select.options[0]!.text = `as now: ${words}`;
  if (select.value === name) select.value = '';
}
