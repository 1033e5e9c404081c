import { conditionsOf, type ConditionResult, type ExperimentResult } from '../../result.js';
import { trailingMean } from '../../recovery.js';
import { boundsOf, estimateMean } from '../../statistics.js';
import type { Block } from '../document.js';
import { below, colourOf, FONT_SIZE, GROUND, legend, words, type Drawing } from '../drawing.js';
import { CONTROL_PERIOD, fixed, plural, tick } from '../numbers.js';
import { perturbationsKey, spansOf, type PerturbationSpan } from '../perturbation-spans.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';

/** More lines than these in one panel cannot be followed. */
const MOST_LINES = 4;
/** Points of a line; a page has hardly more pixels. */
const MOST_POINTS = 350;

interface Point {
  readonly step: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

interface Panel {
  readonly names: readonly string[];
  readonly lines: readonly (readonly Point[])[];
  readonly spans: readonly PerturbationSpan[];
}

/** Mean speed of the lives by control step, conditions that are perturbed alike in one panel. */
export function speed(
  result: ExperimentResult,
  file: string,
  window: number,
  names?: readonly string[],
): Block[] {
  const conditions = conditionsOf(result, names).filter(({ lives }) => lives.some((life) => life.speed));
  if (conditions.length === 0) return [];
  const { steps } = result.scenario;
  const panels = panelsOf(conditions, window, steps);
  return [
    {
      kind: 'picture',
      file,
      alt: panels.map((panel) => told(panel)).join(' '),
      caption:
        `Speed towards the goal, the mean over the lives with its 95 % confidence interval, each over the last ` +
        `${plural(window, 'control step')}. A life that ended in a fall counts as standing from then on. ` +
        (panels.some(({ spans }) => spans.length > 0)
          ? 'Shaded spans and dashed lines are perturbations.'
          : ''),
      draw: (width) =>
        below(
          panels.map((panel) => draw(panel, panels.length > 1, steps, width)),
          14,
        ),
    },
  ];
}

function panelsOf(conditions: readonly ConditionResult[], window: number, steps: number): Panel[] {
  const groups = new Map<string, ConditionResult[]>();
  for (const result of conditions) {
    const key = perturbationsKey(result.condition.perturbations);
    const group = groups.get(key);
    if (group) group.push(result);
    else groups.set(key, [result]);
  }
  return [...groups.values()].flatMap((group) => {
    const panels: Panel[] = [];
    for (let first = 0; first < group.length; first += MOST_LINES) {
      const members = group.slice(first, first + MOST_LINES);
      panels.push({
        names: members.map(({ condition }) => condition.name),
        lines: members.map((member) => lineOf(member, window, steps)),
        spans: spansOf(members[0]!.condition.perturbations, steps),
      });
    }
    return panels;
  });
}

function lineOf({ lives }: ConditionResult, window: number, steps: number): Point[] {
  const speeds = lives.flatMap((life) => (life.speed ? [trailingMean(life.speed, window)] : []));
  const stride = Math.max(1, Math.ceil(steps / MOST_POINTS));
  const points: Point[] = [];
  for (let step = 0; step < steps; step += stride) {
    const estimate = estimateMean(speeds.map((values) => values[step] ?? 0));
    points.push({ step, mean: estimate.mean, ...boundsOf(estimate) });
  }
  return points;
}

function told({ names, lines, spans }: Panel): string {
  const perturbed = spans.map(({ label, begin, end }) =>
    begin === end ? `${label} at control step ${begin}` : `${label} from control step ${begin} to ${end}`,
  );
  const means = names.map((name, k) => {
    const between = (from: number, to: number): string => {
      const points = lines[k]!.filter(({ step }) => step >= from && step < to);
      return points.length === 0
        ? '–'
        : fixed(points.reduce((sum, { mean }) => sum + mean, 0) / points.length, 2);
    };
    if (spans.length === 0) return `${name}: ${between(0, Infinity)} m/s on average`;
    const begin = Math.min(...spans.map((span) => span.begin));
    const end = Math.max(...spans.map((span) => span.end));
    return `${name}: ${between(0, begin)} m/s on average before, ${between(end, Infinity)} m/s after`;
  });
  return `Speed by control step${perturbed.length === 0 ? '' : `, ${perturbed.join(', ')}`}. ${means.join('; ')}.`;
}

function draw({ names, lines, spans }: Panel, titled: boolean, steps: number, width: number): Drawing {
  const lasting = spans.filter(({ begin, end }) => end > begin);
  const instant = spans.filter(({ begin, end }) => end === begin);
  const band = (step: number): boolean => step > steps * 0.7;
  const labels = spans.map((span, k) => ({ ...span, k }));
  const label = {
    x: 'begin',
    text: 'label',
    fontSize: FONT_SIZE,
    stroke: GROUND,
    strokeWidth: 4,
    fill: 'currentColor',
    frameAnchor: 'top',
  } as const;
  const picture = plot({
    width,
    height: Math.min(300, Math.max(230, width * 0.42)),
    marginLeft: 48,
    marginRight: 26,
    marginTop: 26 + 16 * spans.length,
    marginBottom: 60,
    x: { domain: [0, steps] },
    y: { nice: true, zero: true },
    marks: [
      Plot.rect(lasting, { x1: 'begin', x2: 'end', fill: 'currentColor', fillOpacity: 0.12 }),
      Plot.ruleX(instant, { x: 'begin', stroke: 'currentColor', strokeWidth: 1.5, strokeDasharray: '4,2' }),
      Plot.gridY({ ...gridLines }),
      Plot.axisY({ ...axisText, label: 'speed, m/s', labelArrow: 'none', labelOffset: 44 }),
      Plot.axisX({
        ...axisText,
        anchor: 'bottom',
        label: null,
        ticks: width / 90,
        tickFormat: tick,
      }),
      // Seconds below the steps, without lines of their own.
      Plot.axisX({
        ...axisText,
        anchor: 'bottom',
        ticks: width / 90,
        tickSize: 0,
        tickPadding: 22,
        opacity: 0.7,
        label: 'control step, and s of the life',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 56,
        tickFormat: (step: number) => `${fixed(step * CONTROL_PERIOD, 1)} s`,
      }),
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      ...lines.flatMap((points, k) => [
        Plot.areaY(points, { x: 'step', y1: 'low', y2: 'high', fill: colourOf(k), fillOpacity: 0.25 }),
        Plot.line(points, { x: 'step', y: 'mean', stroke: colourOf(k), strokeWidth: 2 }),
      ]),
      ...labels.map(({ k, ...span }) =>
        Plot.text([span], {
          ...label,
          textAnchor: band(span.begin) ? 'end' : 'start',
          dx: band(span.begin) ? -2 : 2,
          dy: -16 * (spans.length - k),
        }),
      ),
    ],
  });
  const head =
    names.length === 1
      ? titled
        ? [words(names[0]!, width, { bold: true })]
        : []
      : [
          legend(
            names.map((name, k) => ({ label: name, colour: colourOf(k), as: 'line' })),
            width,
          ),
        ];
  return below([...head, picture]);
}
