import {
  recoveriesOf,
  withinExpected,
  type ConditionRecovery,
  type RecoveryPart,
} from '../../condition-recovery.js';
import type { RecoverySummary } from '../../recovery.js';
import type { ExperimentResult } from '../../result.js';
import type { MeanEstimate } from '../../statistics.js';
import type { Block } from '../document.js';
import { below, broken, colourOf, legend, type Drawing } from '../drawing.js';
import { CONTROL_PERIOD, fixed, percent, plural, share } from '../numbers.js';
import { MOST_DOTS } from '../outcome.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';
import { spansOf } from '../perturbation-spans.js';
import { besideRow, rowNames } from './rows.js';

/** Recoveries of a condition's lives, and how they are told. */
type Row = ConditionRecovery & { readonly name: string; readonly what: string };

/** How many control steps lives take until they walk again, and how fast they are before, while and after. */
export function recovery(result: ExperimentResult, file: string, part: Omit<RecoveryPart, 'show'>): Block[] {
  const recoveries = rowsOf(result, part);
  if (recoveries.length === 0) return [];
  const { window, before, lasts, share: least, undisturbed, expected } = part;
  return [
    {
      kind: 'text',
      text:
        `A life has recovered when its speed over the last ${plural(window, 'control step')}, all of them after ` +
        `the perturbation, is at least ${percent(least)} of what it was over the ` +
        `${plural(before, 'control step')} before it, and its mean over the ${lasts} from there on is so ` +
        `too: gliding on into damage does not count. So the least is ${window}. Steps are counted from the end ` +
        'of a perturbation that ends by itself, from the beginning of one that does not. Speeds are means over the ' +
        'lives: of those control steps before, of the perturbation where it ends by itself, and of all that follow.' +
        (undisturbed === undefined
          ? ''
          : ' Gaits are uneven: the last rows tell what this measure says of lives that nothing disturbed.'),
    },
    {
      kind: 'table',
      caption: 'Control steps until recovery',
      columns: [
        { title: 'Condition' },
        { title: 'Perturbation' },
        { title: 'Speed before, m/s (± sd)', numeric: true },
        { title: 'during', numeric: true },
        { title: 'after', numeric: true },
        { title: 'Lives that recovered [95 % CI]', numeric: true },
        { title: 'Median, control steps', numeric: true },
        { title: 'Quartiles', numeric: true },
        ...(expected
          ? [
              { title: `Expected (${expected.source})`, numeric: true },
              { title: 'The median, against what is expected' },
            ]
          : []),
      ],
      rows: recoveries.map((row) => [
        row.name,
        row.what,
        ...[row.speed.before, row.speed.during, row.speed.after].map(speedText),
        share(row.summary.recovered),
        stepsText(row.summary.median),
        quartiles(row.summary),
        ...(expected
          ? row.undisturbed
            ? ['–', '–']
            : [fixed(expected.steps, 0), withinExpected(row, expected.steps) ? '✓ within' : '▲ above']
          : []),
      ]),
    },
    ...(recoveries.some(({ steps }) => steps.some((value) => value !== null))
      ? [
          {
            kind: 'picture',
            file,
            alt: `Control steps until recovery. ${recoveries
              .map(
                ({ name, summary }) =>
                  `${name}: ${share(summary.recovered)} recovered, median ${stepsText(summary.median)}`,
              )
              .join('; ')}.`,
            caption:
              'Control steps until recovery, of the lives that recovered (so many of so many); median and quartiles over all ' +
              'lives. A bar up to the right edge ends in never.',
            draw: (width: number) => draw(recoveries, width),
          } as const,
        ]
      : []),
  ];
}

/** Of each of them, what the picture and the table say beside its numbers. */
function rowsOf(result: ExperimentResult, part: Omit<RecoveryPart, 'show'>): Row[] {
  const recoveries = recoveriesOf(result.conditions, part);
  const times = recoveries.filter(({ undisturbed }) => undisturbed).length;
  return recoveries.map((recovery) => {
    const { condition, undisturbed, disturbance } = recovery;
    if (!undisturbed) return { ...recovery, name: condition, what: perturbationsText(result, condition) };
    const { begin, end } = disturbance;
    return {
      ...recovery,
      name: times > 1 ? `${condition}, from step ${begin}` : condition,
      what: `nothing, at control step ${begin}${end > begin ? ` to ${end}` : ''}`,
    };
  });
}

function perturbationsText({ conditions, scenario }: ExperimentResult, name: string): string {
  const { perturbations } = conditions.find(({ condition }) => condition.name === name)!.condition;
  return spansOf(perturbations, scenario.steps)
    .map(({ label, begin, end }) => `${label}, control step ${begin}${end > begin ? ` to ${end}` : ''}`)
    .join('; ');
}

function speedText(estimate: MeanEstimate | undefined): string {
  if (!estimate) return '–';
  return `${fixed(estimate.mean, 2)}${estimate.count === 1 ? '' : ` ± ${fixed(estimate.sd, 2)}`}`;
}

function count(steps: number | null): string {
  return steps === null ? 'never' : fixed(steps, Number.isInteger(steps) ? 0 : 1);
}

function quartiles({ lowerQuartile, upperQuartile }: RecoverySummary): string {
  return lowerQuartile === null ? 'never' : `${count(lowerQuartile)} to ${count(upperQuartile)}`;
}

function stepsText(steps: number | null): string {
  return steps === null ? 'never' : `${count(steps)} (${fixed(steps * CONTROL_PERIOD, 2)} s)`;
}

function draw(recoveries: readonly Row[], width: number): Drawing {
  const dots = recoveries.flatMap(({ steps }, row) =>
    steps.length > MOST_DOTS
      ? []
      : steps.flatMap((value, life) =>
          value === null ? [] : [{ value, y: row + 0.2 + besideRow(life, 0.4) }],
        ),
  );
  const boxes = recoveries.flatMap(({ summary: { lowerQuartile: low, median, upperQuartile: high } }, row) =>
    low === null || median === null ? [] : [{ row: row + 0.2, low, median, high: high ?? Infinity }],
  );
  const largest = Math.max(
    1,
    ...dots.map(({ value }) => value),
    ...boxes.flatMap(({ median, high }) => [median, high]).filter(Number.isFinite),
  );
  const picture = plot({
    width,
    height: recoveries.length * 44 + 60,
    marginLeft: 8,
    marginRight: 16,
    marginTop: 6,
    marginBottom: 48,
    x: { domain: [0, largest], nice: true, type: largest > 200 ? 'sqrt' : 'linear' },
    y: { domain: [-0.6, recoveries.length - 0.4], axis: null, reverse: true },
    marks: [
      Plot.gridX({ ...gridLines }),
      Plot.axisX({
        ...axisText,
        ticks: width / 90,
        label: `control steps until recovery${largest > 200 ? ' (square-root scale)' : ''}`,
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 42,
      }),
      Plot.dot(dots, { x: 'value', y: 'y', r: 2.2, fill: colourOf(0), fillOpacity: 0.45 }),
      Plot.link(boxes, {
        x1: 'low',
        x2: ({ high }: { high: number }) => Math.min(high, largest),
        y1: 'row',
        y2: 'row',
        stroke: colourOf(0),
        strokeWidth: 7,
        strokeOpacity: 0.4,
      }),
      Plot.link(boxes, {
        x: 'median',
        y1: ({ row }: { row: number }) => row - 0.17,
        y2: ({ row }: { row: number }) => row + 0.17,
        stroke: colourOf(0),
        strokeWidth: 3,
        ariaLabel: 'median',
      }),
      rowNames(
        recoveries.map(
          ({ name, summary: { recovered } }) =>
            `${broken(name, width - 140)[0]!}: ${recovered.count} of ${recovered.of}`,
        ),
        width,
      ),
    ],
  });
  const entries = [
    { label: 'one life', colour: colourOf(0), as: 'dot' },
    { label: 'median and quartiles', colour: colourOf(0), as: 'bar' },
  ] as const;
  return below([legend(entries, width), picture]);
}
