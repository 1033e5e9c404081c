/** s between two signs of life, where nothing asks for more. */
const PERIOD = 0.5;
/** Signs within the time that the server waits for one: one that is late, and one that is lost, stop no robot. */
const SIGNS = 3;

export interface HeartbeatOptions {
  /** Whether somebody can see the page. */
  readonly visible: () => boolean;
  /** Tell the server that an operator is there. */
  readonly beat: () => void;
  readonly after: (seconds: number, callback: () => void) => void;
}

/**
 * Shows the server that an operator looks at this page, about twice a second: with `--dead-man`, silence stops the
 * robot. A page that nobody can see is silent: its operator is not looking.
 */
export class Heartbeat {
  private readonly options: HeartbeatOptions;
  private period = PERIOD;
  private turn = 0;

  constructor(options: HeartbeatOptions) {
    this.options = options;
  }

  /** s of silence that the server takes for an absent operator; undefined: it does not mind. */
  set patience(seconds: number | undefined) {
    this.period = Math.min(PERIOD, (seconds ?? Infinity) / SIGNS);
    this.look();
  }

  /** At once, and from then on regularly; also for when the page comes into sight, or is connected. */
  look(): void {
    const { visible, beat } = this.options;
    if (visible()) beat();
    this.wait(++this.turn);
  }

  private wait(turn: number): void {
    this.options.after(this.period, () => {
      if (turn === this.turn) this.look();
    });
  }
}
