import {
  PERTURBATION_COMPONENTS,
  formatPerturbation,
  perturbationKind,
  type Perturbation,
  type PerturbationComponent,
  type PerturbationInput,
  type PerturbationKind,
  type PerturbationType,
} from '../../../policy/perturbation/index.js';
import {
  beginPerturbation,
  endPerturbation,
  freeze,
  resetWeights,
  type ConsoleRequest,
} from '../connection/requests.js';
import { spoken } from '../display/format.js';
import { choosePerturbation, kindsOf, offerFor } from '../display/perturbation-choice.js';
import { element, make, setText } from './element.js';

export interface PerturbPanelOptions {
  readonly ask: (request: ConsoleRequest) => void;
  /** An id that nobody else uses. */
  readonly nextId: () => string;
}

/** s */
const SATURATION = 2;

/** The form that perturbs, the often wanted ones as buttons, and what is in effect. */
export class PerturbPanel {
  private readonly options: PerturbPanelOptions;
  private readonly component = element('perturb-component', HTMLSelectElement);
  private readonly type = element('perturb-type', HTMLSelectElement);
  private readonly target = element('perturb-target', HTMLSelectElement);
  private readonly value = element('perturb-value', HTMLInputElement);
  private readonly duration = element('perturb-duration', HTMLInputElement);
  private layers = 3;
  private shown: readonly Perturbation[] | undefined;
  private mayAsk = true;

  constructor(options: PerturbPanelOptions) {
    this.options = options;
    const { ask, nextId } = options;
    const components = ['leg', ...PERTURBATION_COMPONENTS.filter((name) => name !== 'leg')];
    this.component.replaceChildren(...components.map((name) => new Option(name, name)));
    this.component.addEventListener('change', () => this.offerTypes());
    this.type.addEventListener('change', () => this.offerFields());
    element('perturb-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
    const onClick = (id: string, request: () => ConsoleRequest): void =>
      element(id, HTMLButtonElement).addEventListener('click', () => ask(request()));
    const begin = (perturbation: Omit<PerturbationInput, 'id'>) => () =>
      beginPerturbation({ id: nextId(), ...perturbation });
    onClick('freeze', () => freeze(nextId(), true));
    onClick('thaw', () => freeze(nextId(), false));
    onClick('zero', begin({ component: 'weights', type: 'zero', value: 0.33 }));
    onClick('saturate', begin({ component: 'outputs', type: 'saturated', duration: SATURATION }));
    onClick('reset', () => resetWeights(nextId()));
    this.offerTypes();
    this.showActive([]);
  }

  /** How many layers of weights the controller has. */
  setLayers(layers: number): void {
    if (layers === this.layers) return;
    this.layers = layers;
    this.offerFields();
  }

  /** Whether whoever sits here may ask for anything; who only looks on sees what there is to see. */
  setMayAsk(mayAsk: boolean): void {
    for (const id of ['perturb-form', 'perturb-buttons']) element(id, HTMLElement).hidden = !mayAsk;
    element('looking-on', HTMLElement).hidden = mayAsk;
    if (mayAsk === this.mayAsk) return;
    this.mayAsk = mayAsk;
    const { shown = [] } = this;
    this.shown = undefined;
    this.showActive(shown);
  }

  showActive(active: readonly Perturbation[]): void {
    if (active === this.shown) return;
    this.shown = active;
    const list = element('active', HTMLElement);
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset['ends'] : undefined;
    list.replaceChildren(
      ...(active.length === 0 ? [make('li', 'nothing')] : active.map((one) => this.activeItem(one))),
    );
    for (const button of list.querySelectorAll('button'))
      if (button.dataset['ends'] === focused) button.focus();
  }

  private activeItem(perturbation: Perturbation): HTMLElement {
    const text = formatPerturbation(perturbation);
    const item = make('li', text);
    if (!this.mayAsk) return item;
    const end = make('button', 'End');
    end.type = 'button';
    end.dataset['ends'] = perturbation.id;
    end.setAttribute('aria-label', `End ${text}`);
    end.addEventListener('click', () => this.options.ask(endPerturbation(perturbation.id, text)));
    item.append(end);
    return item;
  }

  private kind(): PerturbationKind {
    const component = this.component.value as PerturbationComponent;
    return perturbationKind(component, this.type.value as PerturbationType) ?? kindsOf(component)[0]!;
  }

  private offerTypes(): void {
    const kinds = kindsOf(this.component.value as PerturbationComponent);
    this.type.replaceChildren(...kinds.map(({ type }) => new Option(type, type)));
    const shorten = kinds.find(({ type }) => type === 'shorten');
    if (shorten) this.type.value = shorten.type;
    this.offerFields();
  }

  private offerFields(): void {
    const kind = this.kind();
    const { targets, targetOptional, takesDuration } = offerFor(kind, this.layers);
    setText(element('perturb-meaning', HTMLElement), kind.meaning);
    const before = this.target.value;
    this.target.replaceChildren(
      ...(targetOptional ? [new Option('all', '')] : []),
      ...targets.map((name) => new Option(spoken(name), name)),
    );
    if (targets.includes(before)) this.target.value = before;
    row('perturb-target-row', targets.length > 0);
    row('perturb-value-row', kind.value !== undefined);
    row('perturb-duration-row', takesDuration);
    if (!takesDuration) this.duration.value = '';
    this.value.value = '';
    if (kind.value) {
      const { meaning, minimum, maximum, default: preset } = kind.value;
      setText(element('perturb-value-label', HTMLElement), meaning);
      this.value.placeholder = typeof preset === 'number' ? String(preset) : `${minimum} to ${maximum}`;
    }
    this.tell('');
  }

  private submit(): void {
    const { component, type } = this.kind();
    const { target, value, duration } = this;
    if (!value.validity.valid || !duration.validity.valid) {
      this.tell('value and time are numbers');
      return;
    }
    const fields = { component, type, target: target.value, value: value.value, duration: duration.value };
    const verdict = choosePerturbation(fields, this.options.nextId(), this.layers);
    this.tell(verdict.accepted ? '' : verdict.reason);
    if (verdict.accepted) this.options.ask(beginPerturbation(verdict.perturbation));
  }

  private tell(problem: string): void {
    setText(element('perturb-problem', HTMLElement), problem);
  }
}

function row(id: string, shown: boolean): void {
  element(id, HTMLElement).hidden = !shown;
}
