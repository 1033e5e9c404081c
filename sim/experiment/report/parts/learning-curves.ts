import type { LearningCurve } from '../../../evolution/learning-curve.js';
import type { ExperimentResult } from '../../result.js';
import type { ReportPart } from '../../scenario.js';
import { estimateMean } from '../../statistics.js';
import {
  firstCrossing,
  MILESTONES,
  trainingCurves as curvesOf,
  type TrainingPoint,
} from '../../training-log.js';
import type { Block, TableBlock } from '../document.js';
import { below, colourOf, dashesOf, legend, svg, words, type Drawing, type LegendEntry } from '../drawing.js';
import { millions, plural, plusMinus, significant, units } from '../numbers.js';
import { axisText, gridLines, plot, Plot } from '../plot.js';
import { distanceAxes } from './distance-axes.js';

/** Points at which several runs are averaged. */
const MEAN_POINTS = 200;

type Point = TrainingPoint;
type Runs = Extract<ReportPart, { show: 'learning-curves' }>['runs'];

/** Runs of one name, with one morphology. */
interface Series {
  readonly name: string;
  readonly runs: readonly (readonly Point[])[];
}

interface Panel {
  readonly morphology: string;
  readonly series: readonly Series[];
}

/** A run with one morphology. */
interface Run {
  readonly name: string;
  readonly logs: readonly string[];
  readonly morphology: string;
  readonly points: readonly Point[];
}

/** What evolution came to at which cost; the paper's Fig. 7 to 9. */
export function trainingCurves(result: ExperimentResult, file: string, wanted: Runs): Block[] {
  const runs = runsOf(result, wanted);
  const panels = panelsOf(wanted, runs);
  if (panels.length === 0) return [];
  return [
    {
      kind: 'picture',
      file,
      alt: panels.flatMap(({ morphology, series }) => series.map((one) => told(one, morphology))).join(' '),
      caption:
        'Mean distance of the center of the evolution strategy over fresh lives, by the control steps that candidates ' +
        'lived to get there: at the same place on the axis the same was spent. These fresh lives are not counted. ' +
        (panels.some(({ series }) => series.some(({ runs: own }) => own.length > 1))
          ? 'Thin lines are single runs, thick ones their mean as far as all of them went.'
          : ''),
      draw: (width) => drawPanels(panels, width),
    },
    curveTable(panels),
    crossingTable(runs),
  ];
}

/** Learning curves of one run as an SVG file. */
export function drawLearningCurves(title: string, curves: readonly LearningCurve[]): string {
  const width = 720;
  const series = curves.map(({ name, points }) => ({ name, runs: [points] }));
  const alt = `${title}: ${series.map((one) => told(one, '')).join(' ')}`;
  const drawing = below(
    [words(title, width, { bold: true }), keyOf(series, width), drawPanel(series, width)],
    4,
  );
  return `${svg(drawing, { alt, alone: true })}\n`;
}

function runsOf({ logs }: ExperimentResult, wanted: Runs): Run[] {
  return wanted.flatMap(({ name, log }) => {
    const files = [log].flat();
    return curvesOf(files.flatMap((file) => logs[file] ?? [])).map((curve) => ({
      name,
      logs: files,
      ...curve,
    }));
  });
}

function panelsOf(wanted: Runs, runs: readonly Run[]): Panel[] {
  const names = [...new Set(wanted.map(({ name }) => name))];
  return [...new Set(runs.map(({ morphology }) => morphology))].map((morphology) => ({
    morphology,
    series: names.map((name) => ({
      name,
      runs: runs
        .filter((run) => run.name === name && run.morphology === morphology)
        .map(({ points }) => points),
    })),
  }));
}

function told({ name, runs }: Series, morphology: string): string {
  const ends = runs.flatMap((points) => points.slice(-1));
  if (ends.length === 0) return `${name}: no run${morphology && ` with ${morphology}`}.`;
  const mean = estimateMean(ends.map(({ distance }) => distance)).mean;
  const steps = estimateMean(ends.map(({ steps: lived }) => lived)).mean;
  const of = runs.length === 1 ? '' : ` on average over ${runs.length} runs`;
  return `${name}${morphology && `, ${morphology}`}: ${units(mean)} units after ${millions(steps)} control steps${of}.`;
}

function drawPanels(panels: readonly Panel[], width: number): Drawing {
  const key = keyOf(panels[0]!.series, width);
  return below(
    [
      key,
      ...panels.flatMap(({ morphology, series }) => [
        words(morphology, width, { bold: true }),
        drawPanel(series, width),
      ]),
    ],
    4,
  );
}

function keyOf(series: readonly Series[], width: number): Drawing {
  const entries = series.map(({ name, runs }, k): LegendEntry => ({
    label: runs.length > 1 ? `${name} (${runs.length} runs and their mean)` : name,
    colour: colourOf(k),
    as: 'line',
    dashes: dashesOf(k),
  }));
  return legend(entries, width);
}

function drawPanel(series: readonly Series[], width: number): Drawing {
  const all = series.flatMap(({ runs }) => runs.flat());
  const last = Math.max(1, ...all.map(({ steps }) => steps));
  const distances = all.map(({ distance }) => distance);
  const extent = [Math.min(0, ...distances), Math.max(1, ...distances)] as const;
  const inMillions = ({ steps }: Point): number => steps / 1e6;
  return plot({
    width,
    height: Math.min(320, Math.max(240, width * 0.48)),
    marginLeft: 56,
    marginRight: 52,
    marginTop: 28,
    marginBottom: 46,
    x: { domain: [0, last / 1e6], nice: true },
    y: { nice: true, domain: extent },
    marks: [
      ...distanceAxes(extent),
      Plot.axisX({
        ...axisText,
        ticks: width / 90,
        label: 'control steps lived, millions',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 40,
      }),
      Plot.ruleY([0], { ...gridLines, strokeOpacity: 0.5 }),
      ...series.flatMap(({ runs }, k) => {
        const line = {
          x: inMillions,
          y: 'distance',
          stroke: colourOf(k),
          strokeDasharray: dashesOf(k),
        } as const;
        if (runs.length === 1) {
          return [
            Plot.line(runs[0], { ...line, strokeWidth: 2 }),
            ...(runs[0]!.length === 1
              ? [Plot.dot(runs[0], { x: inMillions, y: 'distance', fill: colourOf(k) })]
              : []),
          ];
        }
        return [
          ...runs.map((points) => Plot.line(points, { ...line, strokeWidth: 1, strokeOpacity: 0.55 })),
          Plot.line(meanOf(runs), { ...line, strokeWidth: 3 }),
        ];
      }),
    ],
  });
}

/** Mean of several runs, between the first steps and the last ones that all of them have. */
export function meanOf(runs: readonly (readonly Point[])[]): Point[] {
  if (runs.length === 0 || runs.some((points) => points.length === 0)) return [];
  const first = Math.max(...runs.map((points) => points[0]!.steps));
  const last = Math.min(...runs.map((points) => points.at(-1)!.steps));
  if (last < first) return [];
  return Array.from({ length: MEAN_POINTS + 1 }, (_, k) => {
    const steps = first + ((last - first) * k) / MEAN_POINTS;
    return { steps, distance: estimateMean(runs.map((points) => distanceAt(points, steps))).mean };
  });
}

function distanceAt(points: readonly Point[], steps: number): number {
  const after = points.findIndex((point) => point.steps >= steps);
  if (after <= 0) return points[Math.max(0, after)]!.distance;
  const [from, to] = [points[after - 1]!, points[after]!];
  return from.distance + ((to.distance - from.distance) * (steps - from.steps)) / (to.steps - from.steps);
}

function curveTable(panels: readonly Panel[]): TableBlock {
  return {
    kind: 'table',
    caption: 'What the runs came to',
    columns: [
      { title: 'Rules' },
      { title: 'Morphology' },
      { title: 'Runs', numeric: true },
      { title: 'Control steps lived', numeric: true },
      { title: 'Last mean distance, units (± sd over runs)', numeric: true },
      ...MILESTONES.map((distance) => ({
        title: `Control steps until ${units(distance)} units, first crossing`,
        numeric: true,
      })),
    ],
    rows: panels.flatMap(({ morphology, series }) =>
      series
        .filter(({ runs }) => runs.length > 0)
        .map(({ name, runs }) => [
          name,
          morphology,
          String(runs.length),
          millions(estimateMean(runs.map((points) => points.at(-1)!.steps)).mean),
          plusMinus(estimateMean(runs.map((points) => points.at(-1)!.distance))),
          ...MILESTONES.map((distance) => firstTime(runs, distance)),
        ]),
    ),
  };
}

/** What it cost each run to walk so far, for the first time. */
function crossingTable(runs: readonly Run[]): TableBlock {
  return {
    kind: 'table',
    caption: 'First crossings: the first validation whose mean is so far, which a run may fall below again',
    columns: [
      { title: 'Rules' },
      { title: 'Log' },
      { title: 'Morphology' },
      ...MILESTONES.flatMap((distance) => [
        { title: `First crossing of ${units(distance)} units: control steps`, numeric: true },
        { title: 'minutes', numeric: true },
      ]),
    ],
    rows: runs.map(({ name, logs, morphology, points }) => [
      name,
      logs.join(', '),
      morphology,
      ...MILESTONES.flatMap((distance) => {
        const point = firstCrossing(points, distance);
        if (!point) return ['not reached', '–'];
        return [
          millions(point.steps),
          point.minutes === undefined ? 'not known' : significant(point.minutes),
        ];
      }),
    ]),
  };
}

function firstTime(runs: readonly (readonly Point[])[], distance: number): string {
  const times = runs.flatMap((points) => firstCrossing(points, distance)?.steps ?? []);
  if (times.length === 0) return 'not reached';
  const mean = millions(estimateMean(times).mean);
  return runs.length === 1 ? mean : `${mean} (${times.length} of ${plural(runs.length, 'run')})`;
}
