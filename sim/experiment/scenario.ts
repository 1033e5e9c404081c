import { z } from 'zod';
import { initialWeightsSchema } from '../../policy/bundle/bundle-metadata.js';
import { perturbationSchema } from '../../policy/perturbation/index.js';
import { MORPHOLOGY_NAMES, parseMorphologySource } from '../ant/morphology.js';

const whole = z.number().int();
const step = whole.min(0).max(1_000_000);
const label = z.string().min(1).max(120);

const MOST_VALUES = 200;

const byName = <T extends z.ZodType<string | number | null>>(value: T) =>
  z.record(label, value).refine(
    (values) => {
      const { length } = Object.keys(values);
      return length >= 1 && length <= MOST_VALUES;
    },
    { error: `give 1 to ${MOST_VALUES} values, each by its name` },
  );

/**
 * One value, or several: the condition is then one for each of them. Several are a list, or a mapping from the names
 * that stand for them in texts.
 */
const oneOrMore = <T extends z.ZodType<string | number>>(value: T) =>
  z.union([value, z.array(value).min(1).max(MOST_VALUES), byName(value)]);

const { target, value } = perturbationSchema.shape;
const targetSchema = target.unwrap();

const morphologySchema = z.string().refine((text) => parseMorphologySource(text) !== undefined, {
  error: (issue) =>
    `'${String(issue.input)}' is no morphology; give one of ${MORPHOLOGY_NAMES.join(', ')}, random, or a leg and its foot's length as in left_back:0.25`,
});

/**
 * A perturbation of a life: the one model of the bridge, its time in seconds (`start`, `duration`) or in control steps
 * (`at_step`, `for_steps`). One perturbation of a condition may have several targets, and one several values. Whether
 * robot and rules have what it is about is asked when the bundle is known.
 */
export const timelineEntrySchema = perturbationSchema
  .omit({ id: true })
  .extend({
    id: perturbationSchema.shape.id.optional(),
    /** By name, null is none: all that the component has. */
    target: z.union([...oneOrMore(targetSchema).options, byName(targetSchema.nullable())]).optional(),
    value: oneOrMore(value.unwrap()).optional(),
    start: z.number().nonnegative().optional(),
    at_step: step.optional(),
    for_steps: whole.min(1).max(1_000_000).optional(),
  })
  .refine(({ start, at_step }) => start === undefined || at_step === undefined, {
    error: 'start (s) and at_step both say when it begins; give one of them',
  })
  .refine(({ duration, for_steps }) => duration === undefined || for_steps === undefined, {
    error: 'duration (s) and for_steps both say how long it lasts; give one of them',
  });

/**
 * What the paper (or whoever the scenario is compared with) has for a condition, in units. `solved`: that its mean is at
 * least SOLVED_DISTANCE. `at_least`: an aim, reached by a mean of no less, and `solved` by every life.
 */
const expectedSchema = z
  .strictObject({
    source: label,
    mean: z.number(),
    sd: z.number().nonnegative().optional(),
    solved: z.boolean().optional(),
    at_least: z.boolean().optional(),
  })
  .refine(({ sd, at_least }) => sd === undefined || !at_least, {
    path: ['sd'],
    error: 'an aim (at_least) has no spread; leave one of them out',
  });

export const conditionSchema = z.strictObject({
  /** `{bundle}`, `{morphology}`, `{freeze_step}`, `{target}`, `{value}` stand for the value of a field, or its name. */
  name: label,
  /** Of `bundles`. */
  bundle: oneOrMore(z.string()),
  morphology: oneOrMore(morphologySchema).default('intact'),
  /** Hold the weights from this control step on; 0: no plasticity at all. Absent: never. */
  freeze_step: oneOrMore(step).optional(),
  /** In place of the bundle's own. */
  initial_weights: initialWeightsSchema.optional(),
  /** In place of evolved coefficients: N(0, sd), drawn once for the condition from the scenario's seed. */
  random_coefficients: z.strictObject({ sd: z.number().positive() }).optional(),
  perturbations: z.array(timelineEntrySchema).max(64).default([]),
  /** Where the condition stands in pictures that compare conditions; parts can name a whole group. */
  group: label.optional(),
  row: label.optional(),
  column: label.optional(),
  /** Whether its like was met in evolution. */
  seen: z.boolean().optional(),
  expected: expectedSchema.optional(),
});

const CONDITIONS = z.array(label).optional();

/**
 * A part of the report. `conditions`: those that it is about, by their names, by a name as it is written (before it is
 * unrolled) or by their group; by default all that have what the part needs.
 */
export const partSchema = z.discriminatedUnion('show', [
  /** Table and picture of distances, solved or not, beside what is expected. */
  z.strictObject({ show: z.literal('distances'), conditions: CONDITIONS }),
  /** Evolutions that differ in their seed alone, a condition each: those of one `group` and `row` are one number. */
  z.strictObject({ show: z.literal('evolutions'), conditions: CONDITIONS }),
  /** Distance against the control step at which the weights were frozen; paper Fig. 3 left. */
  z.strictObject({ show: z.literal('distance-by-freeze-step'), conditions: CONDITIONS }),
  /** Mean speed by control step; perturbations marked. `window`: control steps that are averaged, the past ones. */
  z.strictObject({
    show: z.literal('speed'),
    conditions: CONDITIONS,
    window: whole.min(1).max(200).default(20),
  }),
  /**
   * Control steps from a perturbation (its end, where it lasts) until the speed over the last `window` steps is back
   * at `share` of what it was over the `before` steps before it began, and its mean over `lasts` steps is so too.
   * `undisturbed`: a condition whose lives are measured at the same time, though nothing happens to them then.
   * `expected`: control steps that the median is to stay within.
   */
  z.strictObject({
    show: z.literal('recovery'),
    conditions: CONDITIONS,
    window: whole.min(1).max(200).default(10),
    before: whole.min(1).max(1000).default(100),
    lasts: whole.min(1).max(1000).default(50),
    share: z.number().positive().max(1).default(0.8),
    undisturbed: label.optional(),
    expected: z.strictObject({ source: label, steps: z.number().positive() }).optional(),
  }),
  /** Weight matrices as images at these control steps, of the first life of each condition; paper Fig. 4 and 6. */
  z.strictObject({ show: z.literal('weights'), conditions: CONDITIONS, steps: z.array(step).min(1).max(12) }),
  /** The weights' way in their first three principal components, of first lives; paper Fig. 5. */
  z.strictObject({
    show: z.literal('components'),
    conditions: CONDITIONS,
    every: whole.min(1).max(100).default(5),
  }),
  /** Distances as a matrix of `row` and `column`; conditions that were not seen in evolution are marked. */
  z.strictObject({ show: z.literal('matrix'), conditions: CONDITIONS, relative_to: label.optional() }),
  /**
   * Training curves from the logs of evolution runs; runs of one name are one curve with its spread; Fig. 7, 8. Several
   * logs of a run are its stages in order, each begun from the rules of the one before.
   */
  z.strictObject({
    show: z.literal('learning-curves'),
    runs: z
      .array(z.strictObject({ name: label, log: z.union([z.string(), z.array(z.string()).min(1).max(20)]) }))
      .min(1),
  }),
  /** Distribution of the evolved coefficients, by layer and column; paper Fig. 10. */
  z.strictObject({ show: z.literal('coefficients'), bundles: z.array(z.string()).min(1) }),
]);

/** A scenario as its YAML has it; see docs/experiments.md. */
export const scenarioSchema = z.strictObject({
  title: label,
  /** What of the paper it repeats, like `Table 1`. */
  paper: label.optional(),
  /** What it asks, and what is known about it; for the report. */
  about: z.string().max(4000).default(''),
  /** Not that of `hebbridge evaluate`, with which rules are chosen: what was chosen on some lives is told on others. */
  seed: whole.min(0).max(Number.MAX_SAFE_INTEGER).default(2020),
  /** Lives of each condition; life r has the same seed in every condition. */
  rollouts: whole.min(1).max(100_000).default(100),
  /** Control steps of a life. */
  steps: whole.min(1).max(1_000_000).default(1000),
  simulator: z.literal('rapier').default('rapier'),
  /** Rule bundles by the name that conditions use; files, relative to the scenario. */
  bundles: z.record(label, z.string()),
  conditions: z.array(conditionSchema).max(1000).default([]),
  report: z.array(partSchema).min(1),
});

export type ScenarioInput = z.input<typeof scenarioSchema>;
export type Scenario = z.infer<typeof scenarioSchema>;
export type ScenarioCondition = z.infer<typeof conditionSchema>;
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
export type ReportPart = z.infer<typeof partSchema>;
