import fc from 'fast-check';
import {
  declaredParameters,
  type NodeParameter,
  type ParameterOverride,
  type ParameterValue,
} from '../../../bridge/parameters/index.js';
import { ANT_CONTRACT } from '../../../policy/robot-contract.js';

/** Every parameter that the node of an Ant has. */
export const ANT_PARAMETERS = declaredParameters(ANT_CONTRACT);

/** Any value that a parameter takes. */
export function validValue(parameter: NodeParameter): fc.Arbitrary<ParameterValue> {
  const { type, range, choices, nan, zero, form } = parameter;
  if (choices) return fc.constantFrom(...choices);
  if (type === 'bool') return fc.boolean();
  if (type === 'string[]') return fc.array(fc.string({ minLength: 1, unit: 'grapheme' }));
  if (type === 'string') {
    if (form === 'topic') return fc.constantFrom('commands', '/a/b_2', '~/c', '{node}/d', '/x{ns}/e');
    return fc.string({ minLength: form === 'name' ? 1 : 0, unit: 'grapheme' });
  }
  const { minimum: min, maximum: max, exclusiveMinimum: minExcluded = false } = range!;
  if (type === 'int') return fc.integer({ min, max });
  return fc.oneof(
    // Subnormal numbers are text to ROS 2: strtod calls them out of range.
    fc.double({ min, max, minExcluded, noNaN: true }).map((x) => (Math.abs(x) < 1e-300 ? max : x)),
    fc.integer({ min: Math.ceil(min) + (minExcluded ? 1 : 0), max: Math.min(Math.floor(max), 1000) }),
    fc.constant(nan ? NaN : max),
    fc.constant(zero ? 0 : max),
  );
}

/** Values that a parameter does not take: of other types, and of its own type beyond its range. */
export function invalidValues(parameter: NodeParameter): readonly unknown[] {
  const { type, range, choices, nan, zero, form } = parameter;
  const others: Record<NodeParameter['type'], readonly unknown[]> = {
    bool: ['true', 1, 0, 0.5, []],
    int: ['1', true, 0.5, NaN, Infinity, [1]],
    double: ['1', true, [0.5]],
    string: [1, 0.5, true, ['a'], NaN],
    'string[]': ['a', 1, true, [1], ['a', ''], [['a']]],
  };
  const wrong: unknown[] = [...others[type], undefined, null, {}];
  if (choices)
    wrong.push(
      typeof choices[0] === 'string' ? `${choices[0]}s` : 0,
      typeof choices[0] === 'string' ? '' : 2,
    );
  if (form) wrong.push('');
  if (form === 'topic') wrong.push('a b', '1a', 'a__b', 'a//b', 'a/', '1:=2', '/');
  if (range) {
    wrong.push(range.minimum - (zero ? 1e-4 : 0.001), range.minimum - 1, -Infinity);
    if (zero) wrong.push(1e-9, -0.001, Number.MIN_VALUE);
    if (range.exclusiveMinimum) wrong.push(range.minimum);
    if (range.maximum !== Infinity) wrong.push(range.maximum + 0.001, range.maximum + 1, Infinity);
    if (!nan) wrong.push(NaN);
  }
  return wrong;
}

const STAGES = ['freeze', 'damp', 'stop'];

/** Random values for some of the parameters, which hold together. */
export const overrides: fc.Arbitrary<ParameterOverride[]> = fc
  .subarray([...ANT_PARAMETERS])
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((parameter) => validValue(parameter).map((value) => ({ name: parameter.name, value }))),
    ),
  )
  .map((values) =>
    values
      // The stages of the health of the weights bound one another: they are tested by themselves.
      .filter(({ name }) => !(name.startsWith('health.') && STAGES.some((stage) => name.endsWith(stage))))
      .map(({ name, value }) => ({ name, value, source: 'somewhere' })),
  );
