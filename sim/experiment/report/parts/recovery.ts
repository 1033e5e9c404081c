import type { ConditionResult, ExperimentResult } from '../../result.js';
import {
  disturbanceOf,
  recoverySteps,
  summariseRecovery,
  type Disturbance,
  type RecoveryMeasure,
  type RecoverySummary,
} from '../../recovery.js';
import type { Block } from '../document.js';
import { below, broken, colourOf, legend, type Drawing } from '../drawing.js';
import { CONTROL_PERIOD, fixed, percent, plural, share } from '../numbers.js';
import { conditionsOf, MOST_DOTS } from '../outcome.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';
import { spansOf } from '../perturbation-spans.js';
import { besideRow, rowNames } from './rows.js';

interface Recovery {
  readonly name: string;
  readonly what: string;
  /** Control steps, of each life; null: never. */
  readonly steps: readonly (number | null)[];
  readonly summary: RecoverySummary;
}

/** How many control steps lives take until they walk again. */
export function recovery(
  result: ExperimentResult,
  file: string,
  measure: RecoveryMeasure & { readonly undisturbed?: string | undefined },
  names?: readonly string[],
): Block[] {
  const conditions = conditionsOf(result, names);
  const recoveries = [
    ...conditions.flatMap((condition) => recoveryOf(condition, measure, result.scenario.steps)),
    ...withoutDisturbance(result, conditions, measure, measure.undisturbed),
  ];
  if (recoveries.length === 0) return [];
  return [
    {
      kind: 'text',
      text:
        `A life has recovered when its speed over the last ${plural(measure.window, 'control step')}, all of them after ` +
        `the perturbation, is at least ${percent(measure.share)} of what it was over the ` +
        `${plural(measure.before, 'control step')} before it, and its mean over the ${measure.lasts} from there on is so ` +
        `too: gliding on into damage does not count. So the least is ${measure.window}. Steps are counted from the end ` +
        'of a perturbation that ends by itself, from the beginning of one that does not.' +
        (measure.undisturbed === undefined
          ? ''
          : ' Gaits are uneven: the last rows tell what this measure says of lives that nothing disturbed.'),
    },
    {
      kind: 'table',
      caption: 'Control steps until recovery',
      columns: [
        { title: 'Condition' },
        { title: 'Perturbation' },
        { title: 'Lives that recovered [95 % CI]', numeric: true },
        { title: 'Median, control steps', numeric: true },
        { title: 'Quartiles', numeric: true },
      ],
      rows: recoveries.map(({ name, what, summary }) => [
        name,
        what,
        share(summary.recovered),
        stepsText(summary.median),
        quartiles(summary),
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

function recoveryOf(
  { condition, lives }: ConditionResult,
  measure: RecoveryMeasure,
  length: number,
): Recovery[] {
  const disturbance = disturbanceOf(condition.perturbations, CONTROL_PERIOD);
  const speeds = lives.flatMap(({ speed }) => (speed ? [speed] : []));
  if (!disturbance || speeds.length === 0) return [];
  const steps = speeds.map((speed) => recoverySteps(speed, disturbance, measure));
  const what = spansOf(condition.perturbations, length)
    .map(({ label, begin, end }) => `${label}, control step ${begin}${end > begin ? ` to ${end}` : ''}`)
    .join('; ');
  return [{ name: condition.name, what, steps, summary: summariseRecovery(steps) }];
}

/** The same measure at the same times, of lives to which nothing happens then. */
function withoutDisturbance(
  result: ExperimentResult,
  disturbed: readonly ConditionResult[],
  measure: RecoveryMeasure,
  name: string | undefined,
): Recovery[] {
  const lives = result.conditions.find(({ condition }) => condition.name === name)?.lives ?? [];
  const speeds = lives.flatMap(({ speed }) => (speed ? [speed] : []));
  if (name === undefined || speeds.length === 0) return [];
  const times = new Map<string, Disturbance>();
  for (const { condition } of disturbed) {
    const disturbance = disturbanceOf(condition.perturbations, CONTROL_PERIOD);
    if (disturbance) times.set(`${disturbance.begin} ${disturbance.end}`, disturbance);
  }
  return [...times.values()].map((disturbance) => {
    const steps = speeds.map((speed) => recoverySteps(speed, disturbance, measure));
    const { begin, end } = disturbance;
    const what = `nothing, at control step ${begin}${end > begin ? ` to ${end}` : ''}`;
    return {
      name: times.size > 1 ? `${name}, from step ${begin}` : name,
      what,
      steps,
      summary: summariseRecovery(steps),
    };
  });
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

function draw(recoveries: readonly Recovery[], width: number): Drawing {
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
      ),
    ],
  });
  const entries = [
    { label: 'one life', colour: colourOf(0), as: 'dot' },
    { label: 'median and quartiles', colour: colourOf(0), as: 'bar' },
  ] as const;
  return below([legend(entries, width), picture]);
}
