import { conditionsOf, type ExperimentResult } from '../../result.js';
import { boundsOf } from '../../statistics.js';
import type { Block } from '../document.js';
import { below, colourOf, dashesOf, legend, type Drawing, type LegendEntry } from '../drawing.js';
import { inMetres, plusMinus, withInterval } from '../numbers.js';
import { groupsOf, MOST_DOTS, outcomeOf, type Outcome } from '../outcome.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';
import { distanceAxes } from './distance-axes.js';

/** Beyond this control step the axis is one of square roots, for most happens at its beginning. */
const LAST_LINEAR_STEP = 200;

/** Distance against the control step at which the weights were frozen; the paper's Fig. 3, left. */
export function distanceByFreezeStep(
  result: ExperimentResult,
  file: string,
  names?: readonly string[],
): Block[] {
  const outcomes = conditionsOf(result, names)
    .map(outcomeOf)
    .filter(({ condition }) => condition.freeze_step !== undefined);
  if (outcomes.length === 0) return [];
  const { steps } = result.scenario;
  return [
    {
      kind: 'picture',
      file,
      alt: `Distance against the control step at which plasticity was frozen. ${outcomes.map(told).join('; ')}.`,
      caption:
        'Mean distance of lives whose weights were held from a control step on, with its 95 % confidence interval; ' +
        'dots are lives.',
      draw: (width) => draw(outcomes, width),
    },
    {
      kind: 'table',
      caption: 'Distance by the control step at which plasticity was frozen',
      columns: [
        { title: 'Condition' },
        { title: 'Frozen at control step', numeric: true },
        { title: 'Distance, units: mean ± sd [95 % CI]', numeric: true },
        { title: 'Mean in a life', numeric: true },
      ],
      rows: outcomes.map((outcome) => [
        outcome.name,
        String(outcome.condition.freeze_step),
        withInterval(outcome.distance),
        inMetres(outcome.distance.mean, steps),
      ]),
    },
  ];
}

function told({ condition, distance }: Outcome): string {
  return `${condition.group ?? condition.bundle}, frozen at ${condition.freeze_step!}: ${plusMinus(distance)} units`;
}

function draw(outcomes: readonly Outcome[], width: number): Drawing {
  const groups = groupsOf(outcomes);
  const rows = outcomes
    .map(({ condition, distance, lives }) => ({
      step: condition.freeze_step!,
      group: groups.indexOf(condition.group ?? ''),
      mean: distance.mean,
      ...boundsOf(distance),
      lives,
    }))
    .sort((a, b) => a.step - b.step);
  const dots = rows.flatMap(({ step, group, lives }) =>
    lives.length > MOST_DOTS ? [] : lives.map(({ distance }) => ({ step, group, distance })),
  );
  const drawn = [0, ...dots.map(({ distance }) => distance), ...rows.flatMap(({ low, high }) => [low, high])];
  const extent = [Math.min(...drawn), Math.max(1, ...drawn)] as const;
  const last = Math.max(...rows.map(({ step }) => step), 1);
  const roots = last > LAST_LINEAR_STEP;
  const lines = groups.map((_, group) => rows.filter((row) => row.group === group));
  const picture = plot({
    width,
    height: Math.min(380, Math.max(300, width * 0.55)),
    marginLeft: 56,
    marginRight: 52,
    marginTop: 28,
    marginBottom: 48,
    x: { type: roots ? 'sqrt' : 'linear', domain: [0, last], insetLeft: 8, insetRight: 8 },
    y: { nice: true, domain: extent },
    marks: [
      ...distanceAxes(extent),
      Plot.axisX({
        ...axisText,
        anchor: 'bottom',
        ticks: ticksAt(
          rows.map(({ step }) => step),
          last,
          roots,
          width - 130,
        ),
        tickFormat: 'd',
        label: `weights held from this control step on${roots ? ' (square-root scale)' : ''}`,
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 42,
      }),
      Plot.ruleY([0], { ...gridLines, strokeOpacity: 0.5 }),
      Plot.dot(dots, {
        x: 'step',
        y: 'distance',
        r: 2,
        fillOpacity: 0.45,
        fill: ({ group }: { group: number }) => colourOf(group),
      }),
      ...lines.flatMap((line, group) => [
        Plot.areaY(line, { x: 'step', y1: 'low', y2: 'high', fill: colourOf(group), fillOpacity: 0.22 }),
        Plot.line(line, {
          x: 'step',
          y: 'mean',
          stroke: colourOf(group),
          strokeWidth: 2.5,
          strokeDasharray: dashesOf(group),
        }),
        Plot.dot(line, { x: 'step', y: 'mean', fill: colourOf(group), r: 3.5 }),
      ]),
    ],
  });
  return below([legend(legendOf(groups, dots.length > 0), width), picture]);
}

function legendOf(groups: readonly string[], dots: boolean): LegendEntry[] {
  const one = groups.length === 1 ? colourOf(0) : 'currentColor';
  return [
    ...groups.map((group, k): LegendEntry => ({
      label: `${group === '' ? 'mean' : group}, 95 % confidence interval`,
      colour: colourOf(k),
      as: 'line',
      dashes: dashesOf(k),
    })),
    ...(dots ? [{ label: 'one life', colour: one, as: 'dot' } as const] : []),
  ];
}

/** The steps that were tried, as many as have room. */
function ticksAt(steps: readonly number[], last: number, roots: boolean, width: number): number[] {
  const place = (step: number): number => (roots ? Math.sqrt(step / last) : step / last) * width;
  const kept: number[] = [];
  for (const step of [...new Set(steps)].sort((a, b) => a - b)) {
    if (kept.length === 0 || place(step) - place(kept.at(-1)!) > 28) kept.push(step);
  }
  return kept;
}
