import type { ScenarioCondition } from '../scenario.js';
import type { LegendEntry } from './drawing.js';

/** The train/test split: around what evolution never met, in every picture. */
export const UNSEEN_COLOUR = '#d55e00';

export const UNSEEN_ENTRY: LegendEntry = {
  label: 'not met in evolution',
  colour: UNSEEN_COLOUR,
  as: 'frame',
};

/** Added to a picture's caption. */
export const UNSEEN_CAPTION = 'Framed: what evolution never met.';

/** Of a table's cell; empty where the scenario does not say. */
export function seenText({ seen }: Pick<ScenarioCondition, 'seen'>): string {
  if (seen === undefined) return '';
  return seen ? 'seen' : 'unseen';
}

/** Added to what is told of a condition to those who do not see the picture. */
export function unseenNote({ seen }: Pick<ScenarioCondition, 'seen'>): string {
  return seen === false ? ' (not met in evolution)' : '';
}
