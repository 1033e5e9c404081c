import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '../../../sim/evolution/checkpoint.js';
import { createInProcessEvaluator, createThreadEvaluator } from '../../../sim/evolution/evaluator.js';
import { evolve, type GenerationReport } from '../../../sim/evolution/evolution-run.js';
import {
  actionSmoothingAt,
  costShareAt,
  horizonAt,
  networkDescription,
  parseEvolutionSettings,
  type EvolutionSettings,
} from '../../../sim/evolution/evolution-settings.js';
import { startOpenEs } from '../../../sim/evolution/open-es.js';
import { Genome } from '../../../sim/evolution/genome.js';

const PURSUIT = {
  environment: 'pursuit',
  layerSizes: [4, 8, 2],
  mirror: false,
  morphologies: [{ name: 'intact', rollouts: 1 }],
  horizon: 20,
  countFrom: 0,
  population: 32,
  validateEvery: 5,
};

const ANT = {
  population: 8,
  seedGroups: 2,
  generations: 3,
  horizon: 30,
  horizonStart: 30,
  countFrom: 0,
  validateEvery: 1,
  validationRollouts: 2,
};

async function run(
  settings: EvolutionSettings,
  workers = 0,
  from?: Checkpoint,
): Promise<{ end: Checkpoint; reports: GenerationReport[] }> {
  const evaluator =
    workers === 0 ? await createInProcessEvaluator(settings) : createThreadEvaluator(settings, workers);
  const reports: GenerationReport[] = [];
  try {
    const length = new Genome(networkDescription(settings), settings.mirror).length;
    const end = await evolve(
      settings,
      length,
      evaluator,
      { onGeneration: (report) => void reports.push(report) },
      from,
    );
    return { end, reports };
  } finally {
    await evaluator.close();
  }
}

describe('the learner', () => {
  // Doing nothing earns 20 (1 - 0.64 / 3) = 15.7 on average, a perfect policy 20.
  it('learns the pursuit in seconds: from nothing to more than half of what can be had', async () => {
    const { reports } = await run(parseEvolutionSettings({ ...PURSUIT, generations: 150 }, 'test'));
    const validated = reports.flatMap(({ validation }) => validation?.['intact'] ?? []);
    expect(validated.at(-1)).toBeGreaterThan(18);
  });

  it('learns it with static weights through the same door', async () => {
    const settings = { ...PURSUIT, rule: 'static', initialWeights: { kind: 'carried' }, generations: 100 };
    const { reports } = await run(parseEvolutionSettings(settings, 'test'));
    const validated = reports.flatMap(({ validation }) => validation?.['intact'] ?? []);
    expect(validated.at(-1)).toBeGreaterThan(18);
  });
});

describe('a budget of control steps', () => {
  it('lets no other generation begin once it is spent, and validates the last one', async () => {
    const all = parseEvolutionSettings({ ...PURSUIT, generations: 50 }, 'test');
    const { reports: whole } = await run(all);
    const { reports, end } = await run({ ...all, stepBudget: whole[6]!.stepsTotal });
    expect(reports).toHaveLength(7);
    expect(reports[6]!.validation).toBeDefined();
    expect(end.stepsTotal).toBe(whole[6]!.stepsTotal);
  });
});

describe('what grows over generations', () => {
  const parseGrowing = (given: object) => parseEvolutionSettings(given, 'test');

  it('smoothing: grows evenly from 0 over the generations that it is given, and stays', () => {
    const settings = parseGrowing({ actionSmoothing: 0.6, actionSmoothingGrowth: 3 });
    const at = [0, 1, 2, 3, 100].map((generation) => actionSmoothingAt(settings, generation));
    [0, 0.2, 0.4, 0.6, 0.6].forEach((smoothing, k) => expect(at[k]).toBeCloseTo(smoothing, 12));
  });

  it('smoothing: is there from the first generation where it does not grow', () => {
    expect(actionSmoothingAt(parseGrowing({ actionSmoothing: 0.6 }), 0)).toBe(0.6);
  });

  it('costs: are borne in full after as many generations, from the first one where they do not grow', () => {
    const settings = parseGrowing({ effortCost: 0.5, costGrowth: 4 });
    expect([0, 1, 2, 4, 5].map((generation) => costShareAt(settings, generation))).toEqual([
      0, 0.25, 0.5, 1, 1,
    ]);
    expect(costShareAt(parseGrowing({ effortCost: 0.5 }), 0)).toBe(1);
  });

  it('costs: are taken from the fitness of each candidate, not from the distance of the center', async () => {
    const free = await run(parseEvolutionSettings({ ...ANT, generations: 1 }, 'test'));
    const costly = await run(parseEvolutionSettings({ ...ANT, generations: 1, effortCost: 10 }, 'test'));
    expect(costly.reports[0]!.mean['intact']).toBeLessThan(free.reports[0]!.mean['intact']!);
    const shared = { ...ANT, generations: 1, effortCost: 10, costGrowth: 5 };
    expect((await run(parseEvolutionSettings(shared, 'test'))).reports).toEqual(free.reports);
  });
});

describe('the validation of a center', () => {
  const COARSE = { worldSteps: 1, solverIterations: 2, internalPgsIterations: 4 };

  async function validated(given: object): Promise<readonly number[]> {
    const settings = parseEvolutionSettings({ ...ANT, ...given }, 'test');
    const evaluator = await createInProcessEvaluator(settings);
    const length = new Genome(networkDescription(settings), settings.mirror).length;
    const { center } = startOpenEs({ ...settings, initialScale: 0.3 }, length, 1);
    const plan = { generation: 1, center, sigma: 0.1, horizon: 30, actionSmoothing: 0, costShare: 1 };
    try {
      return await evaluator.validate(
        plan,
        [1, 2].map((seed) => ({ morphology: 0, seed })),
      );
    } finally {
      await evaluator.close();
    }
  }

  it('is the same however coarsely its candidates are simulated, and wherever they look at first', async () => {
    const plain = await validated({});
    expect(new Set(plain).size).toBe(2);
    expect(await validated({ yawSpread: 1, solver: COARSE })).toEqual(plain);
  });
});

describe('determinism', () => {
  it('evolves the same bits on the Ant in process and in 1, 2 and 4 workers', async () => {
    const settings = parseEvolutionSettings(ANT, 'test');
    const alone = await run(settings);
    for (const workers of [1, 2, 4]) {
      const threads = await run(settings, workers);
      expect(threads.reports).toEqual(alone.reports);
      expect(encodeCheckpoint(threads.end)).toEqual(encodeCheckpoint(alone.end));
    }
  });

  it('draws weak legs and first headings from the seeds of the lives, in every worker alike', async () => {
    const morphologies = [
      { name: 'intact', rollouts: 1 },
      { name: 'intact', rollouts: 2, weakLegs: ['left_back', 'right_back'] },
    ];
    const settings = parseEvolutionSettings({ ...ANT, morphologies, yawSpread: 1 }, 'test');
    const alone = await run(settings);
    expect(Object.keys(alone.reports[0]!.mean)).toEqual(['intact', 'intact, weak left_back or right_back']);
    const threads = await run(settings, 2);
    expect(threads.reports).toEqual(alone.reports);
  });

  it('leaves a weak leg at most so much of its effort', async () => {
    const means = await Promise.all(
      [undefined, 1, 0].map(async (mostEffort) => {
        const weak = {
          name: 'intact',
          rollouts: 1,
          weakLegs: ['left_back'],
          ...(mostEffort !== undefined && { mostEffort }),
        };
        const { reports } = await run(parseEvolutionSettings({ ...ANT, morphologies: [weak] }, 'test'));
        return Object.values(reports[0]!.mean);
      }),
    );
    expect(means[1]).toEqual(means[0]);
    expect(means[2]).not.toEqual(means[0]);
  });

  it('goes on from a checkpoint as if it had never stopped', async () => {
    const settings = parseEvolutionSettings({ ...PURSUIT, generations: 12 }, 'test');
    const whole = await run(settings);
    const half = await run({ ...settings, generations: 7 });
    const kept = decodeCheckpoint(encodeCheckpoint(half.end), 'memory');
    const rest = await run(settings, 0, { ...kept, settings });
    // Ending at 7 validated there, which an uninterrupted run does not: the center is what must agree.
    expect(rest.end.state.center).toEqual(whole.end.state.center);
    expect(rest.reports.at(-1)).toEqual(whole.reports.at(-1));
  });

  it('keeps the ancestry of the rules that it began with, and tells of none where there is none', async () => {
    const settings = parseEvolutionSettings({ ...PURSUIT, generations: 2 }, 'test');
    const { end } = await run({ ...settings, generations: 1 });
    expect(Buffer.from(encodeCheckpoint(end)).includes('ancestry')).toBe(false);
    const ancestry = {
      morphologies: ['intact'],
      evolution: null,
      seed: 3,
      generations: 4,
      controlSteps: null,
    };
    const rest = await run(settings, 0, { ...end, settings, ancestry });
    expect(rest.end.ancestry).toEqual(ancestry);
  });

  it('evaluates the candidates of a worker that died again, in its replacement', async () => {
    const settings = parseEvolutionSettings(
      { ...ANT, generations: 2, horizon: 200, horizonStart: 200 },
      'test',
    );
    const alone = await run(settings);
    const reasons: string[] = [];
    const evaluator = createThreadEvaluator(settings, 2, (reason) => reasons.push(reason));
    let killed = false;
    const end = await evolve(settings, new Genome(networkDescription(settings), true).length, evaluator, {
      onPair: () => {
        if (killed) return;
        killed = true;
        evaluator.pool.terminateOne();
      },
    });
    await evaluator.close();
    expect(reasons).toHaveLength(1);
    expect(encodeCheckpoint(end)).toEqual(encodeCheckpoint(alone.end));
  });
});

describe('settings', () => {
  it.each([
    [{ population: 7 }, 'population: must be even'],
    [{ population: '8' }, 'population'],
    [{ morphologies: [{ name: 'three_legs', rollouts: 1 }] }, "'three_legs' is no morphology"],
    [
      {
        morphologies: [
          { name: 'intact', rollouts: 1 },
          { name: 'intact', rollouts: 2 },
        ],
      },
      'intact is there twice',
    ],
    [{ morphologies: [{ name: 'intact', rollouts: 1, mostEffort: 0.5 }] }, 'give weakLegs or weakJoints'],
    [
      {
        morphologies: [
          { name: 'intact', rollouts: 1, weakLegs: ['left_back'], weakJoints: ['left_back_hip'] },
        ],
      },
      'give two morphologies',
    ],
    [{ morphologies: [{ name: 'intact', rollouts: 1, weakJoints: ['tail'] }] }, 'weakJoints'],
    [
      { morphologies: [{ name: 'intact', rollouts: 1, shocks: ['weights:zero'] }] },
      'given 100, give at least 121, or 0',
    ],
    [{ layerSizes: [27, 8] }, '28 observations and 8 actions'],
    [{ layerSizes: [28, 7, 8] }, 'even layers'],
    [{ rule: 'static' }, 'initialWeights must be carried'],
    [{ sigma: Number.NaN }, 'sigma'],
    [{ bounding: { kind: 'decay', rate: 2 } }, 'bounding'],
    [{ learningrate: 1 }, 'learningrate'],
  ])('refuses %j', (given, message) => {
    expect(() => parseEvolutionSettings(given, 'test')).toThrow(message);
    expect(() => parseEvolutionSettings(given, 'test')).toThrow(
      expect.objectContaining({ code: 'ERR_SETTING' }),
    );
  });

  it.each([0, 121])('lets a life that is shocked stand still long enough: stallLimit %i', (stallLimit) => {
    const morphologies = [{ name: 'intact', rollouts: 1, shocks: ['outputs:saturated'] }];
    expect(parseEvolutionSettings({ morphologies, stallLimit }, 'test').stallLimit).toBe(stallLimit);
  });

  it('lets the horizon grow to its full length', () => {
    const settings = parseEvolutionSettings({ horizonStart: 400, horizon: 1000, horizonGrowth: 100 }, 'test');
    expect([0, 50, 100, 500].map((generation) => horizonAt(settings, generation))).toEqual([
      400, 700, 1000, 1000,
    ]);
  });
});
