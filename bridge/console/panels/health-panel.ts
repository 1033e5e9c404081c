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
    if (latched !== null) setText(stopped, CLEARING);
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

/** How a latched stop is let go of: only from where the robot stands. Why it is there, the state says. */
const CLEARING =
  'No page can clear this. Go and look at the robot, then clear it there: in the demo press c in its terminal, ' +
  'on a robot call the ROS 2 service ~/clear_estop.';
