import { isTextField } from '../display/keyboard.js';
import { element, setText } from './element.js';

/** s after which an emergency stop that nobody answered is asked for again. */
const INSIST = 0.5;

export interface EmergencyStopOptions {
  /** Ask once; resolves to whether it was accepted. `again`: the one before came to nothing. */
  readonly ask: (again: boolean) => Promise<boolean>;
  readonly after: (seconds: number, callback: () => void) => void;
}

/**
 * The large red button, and the space bar wherever the focus is, but in a text field. It insists: an emergency stop
 * that is not answered, or cannot be sent, is asked for again until it is, and the button says so.
 */
export class EmergencyStop {
  private readonly options: EmergencyStopOptions;
  private readonly button = element('estop', HTMLButtonElement);
  private wanted = false;

  constructor(options: EmergencyStopOptions) {
    this.options = options;
    this.button.addEventListener('click', () => this.press());
    // Before anything else hears the key: no scrolling, and no focused button is pressed by its release.
    window.addEventListener('keydown', (event) => this.hear(event, true), { capture: true });
    window.addEventListener('keyup', (event) => this.hear(event, false), { capture: true });
  }

  /** The controller says that it is stopped by it. */
  confirm(): void {
    this.wanted = false;
    this.show();
  }

  private hear(event: KeyboardEvent, down: boolean): void {
    if (event.code !== 'Space' && event.key !== ' ') return;
    if (event.target instanceof HTMLElement && isTextField(describe(event.target))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (down && !event.repeat) this.press();
  }

  private press(): void {
    const asking = this.wanted;
    this.wanted = true;
    this.show();
    if (!asking) void this.insist(false);
  }

  private async insist(again: boolean): Promise<void> {
    if (!this.wanted) return;
    if (await this.options.ask(again)) {
      this.confirm();
      return;
    }
    this.options.after(INSIST, () => void this.insist(true));
  }

  private show(): void {
    this.button.dataset['asking'] = String(this.wanted);
    setText(element('estop-key', HTMLElement), this.wanted ? 'asked, no answer yet' : 'space bar');
  }
}

function describe(target: HTMLElement): Parameters<typeof isTextField>[0] {
  const { tagName, isContentEditable } = target;
  return { tagName, isContentEditable, ...(target instanceof HTMLInputElement ? { type: target.type } : {}) };
}
