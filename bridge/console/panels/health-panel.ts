import type { ControllerStatus } from '../../message-map.js';
import { describeHealth, describeState } from '../display/loop-health.js';
import { element, make, setText } from './element.js';

/** The controller's state in words, and its loop in figures. */
export class HealthPanel {
  private readonly cells = new Map<string, HTMLElement>();

  show(status: ControllerStatus | undefined): void {
    const { words, level, reason } = describeState(status);
    element('state', HTMLElement).dataset['level'] = level;
    setText(element('state-words', HTMLElement), words);
    setText(element('state-reason', HTMLElement), reason);
    for (const row of describeHealth(status)) {
      const cell = this.cells.get(row.label) ?? this.addRow(row.label);
      setText(cell, row.value);
      cell.dataset['level'] = row.level;
    }
    const stopped = element('stopped', HTMLElement);
    const latched = status?.latched ?? null;
    stopped.hidden = latched === null;
    if (latched !== null) setText(stopped, clearing(latched));
  }

  private addRow(label: string): HTMLElement {
    const row = make('div');
    const cell = make('dd');
    row.append(make('dt', label), cell);
    element('health', HTMLElement).append(row);
    this.cells.set(label, cell);
    return cell;
  }
}

/** What holds the robot stopped, and how it is let go again: only from where it stands. */
function clearing(latched: string): string {
  return (
    `Stopped: ${latched}. This page cannot clear it. Look at the robot, then clear it beside it: ` +
    "with the key that the demo's terminal names, or the ROS 2 service ~/clear_estop."
  );
}
