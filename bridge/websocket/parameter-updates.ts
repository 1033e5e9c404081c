import type { Transport } from '../transport.js';
import type { Parameter } from './protocol.js';
import type { Session } from './session.js';

export interface ParameterUpdatesOptions {
  readonly sessions: Iterable<Session>;
  /** All parameters, as they are now. */
  readonly parameters: () => readonly Parameter[];
  readonly subscribe: Transport['subscribe'];
}

/** Tells clients that want to know of it when a parameter has another value. */
export class ParameterUpdates {
  private readonly options: ParameterUpdatesOptions;
  /** Values as JSON, by name. */
  private readonly told = new Map<string, string>();

  constructor(options: ParameterUpdatesOptions) {
    this.options = options;
    this.changed();
    // Body and bundle change with a restart, and the simulator says when that has happened.
    options.subscribe('acknowledgement', ({ from, accepted }) => {
      if (from === 'robot' && accepted) this.tell();
    });
  }

  /** Look for changes, and tell of them. */
  tell(): void {
    const changed = this.changed();
    if (changed.length === 0) return;
    for (const session of this.options.sessions) {
      const parameters = changed.filter(({ name }) => session.parameterUpdates.has(name));
      if (parameters.length > 0) session.send({ op: 'parameterValues', parameters });
    }
  }

  private changed(): readonly Parameter[] {
    return this.options.parameters().filter(({ name, value }) => {
      const text = JSON.stringify(value);
      if (this.told.get(name) === text) return false;
      this.told.set(name, text);
      return true;
    });
  }
}
