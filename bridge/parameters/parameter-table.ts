import { JOINT_PARAMETERS } from './joint-parameters.js';
import { NODE_PARAMETERS } from './node-parameters.js';
import { allowedText } from './parameter-text.js';

const HEADINGS = ['parameter', 'type', 'unit', 'default', 'values', 'takes effect', 'meaning'];

/** The table of all parameters in docs/ros2.md, as Markdown. */
export function parameterTable(): string {
  const rows = [...NODE_PARAMETERS, ...JOINT_PARAMETERS].map((parameter) => [
    `\`${parameter.name}\``,
    parameter.type,
    parameter.unit ?? '',
    defaultText(parameter.default),
    allowedText(parameter),
    parameter.takesEffect,
    parameter.meaning,
  ]);
  const widths = HEADINGS.map((_, column) =>
    Math.max(...[HEADINGS, ...rows].map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function defaultText(value: unknown): string {
  if (Array.isArray(value)) return `\`[${value.join(', ')}]\``;
  if (typeof value !== 'number') return `\`${value === '' ? "''" : String(value)}\``;
  return `\`${Number.isNaN(value) ? 'nan' : value === Infinity ? 'inf' : value}\``;
}
