import { describe, expect, it } from 'vitest';
import {
  firstCrossing,
  stageOutOfOrder,
  trainingCurves,
  type TrainingLine,
  type TrainingLog,
} from '../../../sim/experiment/training-log.js';

/** A generation of 100 control steps and 30 s. */
const line = (stepsTotal: number, validation?: Record<string, number>): TrainingLine => ({
  generation: 1,
  horizon: 1000,
  sigma: 0.1,
  mean: {},
  max: {},
  steps: 100,
  stepsTotal,
  seconds: 30,
  ...(validation && { validation }),
});
const log = (...lines: TrainingLine[]): TrainingLog => ({ sha256: 'ab', lines });

const FIRST = log(line(100, { intact: 10 }), line(200), line(300, { intact: 30 }));

describe('training curves', () => {
  it('have control steps, distance and the minutes since the run began at each validation', () => {
    expect(trainingCurves([FIRST])).toEqual([
      {
        morphology: 'intact',
        points: [
          { steps: 100, distance: 10, minutes: 0.5 },
          { steps: 300, distance: 30, minutes: 1.5 },
        ],
      },
    ]);
  });

  it('go on from stage to stage, with the morphologies of all of them', () => {
    const second = log(line(400, { intact: 40, left_back: 1 }), line(500, { intact: 50, left_back: 2 }));
    const curves = trainingCurves([FIRST, second]);
    expect(curves.map(({ morphology }) => morphology)).toEqual(['intact', 'left_back']);
    expect(curves[0]!.points.map(({ steps }) => steps)).toEqual([100, 300, 400, 500]);
    expect(curves[0]!.points.at(-1)!.minutes).toBe(2.5);
    expect(curves[1]!.points).toEqual([
      { steps: 400, distance: 1, minutes: 2 },
      { steps: 500, distance: 2, minutes: 2.5 },
    ]);
  });

  it('leave out what a stage lived after the rules that the next one began from', () => {
    // These went on from the rules that the first stage had after 200 control steps.
    const second = log(line(300, { intact: 70 }));
    expect(trainingCurves([FIRST, second])[0]!.points).toEqual([
      { steps: 100, distance: 10, minutes: 0.5 },
      { steps: 300, distance: 70, minutes: 1.5 },
    ]);
  });

  it('say nothing of minutes from the first generation on whose seconds are not known', () => {
    const old = { ...line(200, { intact: 20 }), seconds: undefined } as unknown as TrainingLine;
    const [curve] = trainingCurves([log(line(100, { intact: 10 }), old, line(300, { intact: 30 }))]);
    expect(curve!.points.map(({ minutes }) => minutes)).toEqual([0.5, undefined, undefined]);
  });
});

describe('stages of a run', () => {
  it('are in order where each has the control steps of the one before behind it', () => {
    const second = log(line(400));
    expect(stageOutOfOrder([FIRST, second])).toBeUndefined();
    expect(stageOutOfOrder([second, FIRST])).toBe(1);
    expect(stageOutOfOrder([FIRST, second, FIRST])).toBe(2);
  });
});

describe('the first crossing of a distance', () => {
  it('is the first validation that is so far, though later ones may not be', () => {
    const points = [10, 500, 300, 900].map((distance, k) => ({ steps: k, distance }));
    expect(firstCrossing(points, 500)).toEqual({ steps: 1, distance: 500 });
    expect(firstCrossing(points, 1000)).toBeUndefined();
  });
});
