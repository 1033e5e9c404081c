import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expectation,
  JOINT_PARAMETERS,
  NODE_PARAMETERS,
  nodeParameter,
  parseNodeParameters,
  type NodeParameter,
} from '../../../bridge/parameters/index.js';
import { HebbridgeError } from '../../../policy/errors.js';
import { ANT_PARAMETERS, invalidValues, overrides, validValue } from './parameter-values.js';

/** What is said of one value. */
function refusal(name: string, value: unknown, source = 'ant.yaml:7'): string {
  return refusalOf([{ name, value, source }]);
}

function refusalOf(given: Parameters<typeof parseNodeParameters>[0]): string {
  try {
    parseNodeParameters(given);
  } catch (error) {
    if (error instanceof HebbridgeError && error.code === 'ERR_PARAMETER') return error.message;
    throw error;
  }
  return 'nothing was refused';
}

const named = (parameters: readonly NodeParameter[]) =>
  parameters.map((parameter) => [parameter.name, parameter] as const);

describe('the parameters', () => {
  it.each(named([...NODE_PARAMETERS, ...JOINT_PARAMETERS]))(
    '%s takes its own default',
    (_name, parameter) => {
      expect(parameter.schema.parse(parameter.default)).toEqual(parameter.default);
    },
  );

  it('have names as ROS has them, each once', () => {
    const names = ANT_PARAMETERS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z_]+(\.[a-z_]+)*$/.test(name))).toEqual([]);
  });

  it('have no name that is a group of others too, which YAML could not have', () => {
    const names = ANT_PARAMETERS.map(({ name }) => name);
    expect(names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))).toEqual([]);
  });

  it.each(named(NODE_PARAMETERS))('%s is told in one sentence', (_name, { meaning }) => {
    expect(meaning).toMatch(/^[A-Z].*[^.]\.$/);
  });

  it('are found by name, those of the joints of any robot too', () => {
    expect(nodeParameter('limits.tilt')).toMatchObject({ type: 'double', unit: 'rad', default: 1.05 });
    expect(nodeParameter('joints.left.front.knee.name')).toMatchObject({ default: 'left.front.knee' });
    expect(nodeParameter('joints.knee.colour')).toBeUndefined();
    expect(nodeParameter('joints..sign')).toBeUndefined();
  });

  it('that take effect while the node is active are the heading of the goal and no other', () => {
    expect(
      ANT_PARAMETERS.filter(({ takesEffect }) => takesEffect === 'at once').map(({ name }) => name),
    ).toEqual(['goal_heading']);
  });
});

describe('parsing parameters', () => {
  it('gives every default when nothing is set', () => {
    const parameters = parseNodeParameters();
    for (const { name, default: fallback } of NODE_PARAMETERS) {
      expect(parameters[name as keyof typeof parameters], name).toEqual(fallback);
    }
  });

  it('takes any valid values, and leaves the rest at their defaults', () => {
    fc.assert(
      fc.property(overrides, (given) => {
        const parameters = parseNodeParameters(given);
        const set = new Map(given.map(({ name, value }) => [name, value]));
        for (const { name, default: fallback } of NODE_PARAMETERS) {
          expect(parameters[name as keyof typeof parameters], name).toEqual(
            set.has(name) ? set.get(name) : fallback,
          );
        }
      }),
    );
  });

  it.each(named(ANT_PARAMETERS))('takes every valid value of %s', (name, parameter) => {
    // A stage of the health of the weights alone would have to fit the defaults of the others.
    if (/^health\..*\.(freeze|damp|stop)$/.test(name)) return;
    fc.assert(
      fc.property(validValue(parameter), (value) => {
        expect(refusal(name, value)).toBe('nothing was refused');
      }),
      { numRuns: 20 },
    );
  });

  it.each(named(ANT_PARAMETERS))(
    'refuses wrong values of %s by name, source and what is right',
    (name, parameter) => {
      for (const value of invalidValues(parameter)) {
        const said = refusal(name, value);
        expect(said).toMatch(/^ant\.yaml:7: [\w.]+: /);
        expect(said).toContain(name);
        expect(said, JSON.stringify(value)).toContain(`is not ${expectation(parameter)}`);
      }
    },
  );

  it('says the value and the range', () => {
    expect(refusal('limits.tilt', 9)).toBe('ant.yaml:7: limits.tilt: 9 is not a number from 0 to 3.1416 rad');
    expect(refusal('limits.tilt', 'much', '-p')).toBe(
      "-p: limits.tilt: 'much' is not a number from 0 to 3.1416 rad",
    );
    expect(refusal('limits.action', 0)).toContain('0 is not a number greater than 0, up to 1');
    expect(refusal('reference_height', Infinity)).toContain(
      '.inf is not a number from -1000 to 1000 m, or .nan',
    );
    expect(refusal('health.saturation.stop', -1)).toContain('-1 is not a number greater than 0');
    expect(refusal('seed', 2.5)).toContain('2.5 is not a whole number from 0 to 4294967295');
    expect(refusal('joints.left_front_hip.sign', 0)).toContain('0 is not one of 1, -1');
  });

  it('says the choices, and which was probably meant', () => {
    expect(refusal('trigger', 'timers')).toBe(
      "ant.yaml:7: trigger: 'timers' is not one of timer, input; did you mean timer?",
    );
    expect(refusal('trigger', 'observation')).toMatch(/is not one of timer, input$/);
  });

  it('shows no more than the beginning of a long value', () => {
    expect(refusal('seed', 'x'.repeat(1000)).length).toBeLessThan(150);
    expect(refusal('seed', Array<string>(1000).fill('abc')).length).toBeLessThan(150);
  });

  it.each([
    ['limits.tlit', 'did you mean limits.tilt?'],
    ['tilt', 'did you mean limits.tilt?'],
    ['stale_periods', 'did you mean input.stale_periods?'],
    ['damped', 'there are damped.gain, damped.timeout'],
    ['joints.left_front_hip.sing', 'did you mean joints.left_front_hip.sign?'],
    ['joints.left_front_hip', 'there are joints.<joint>.name, joints.<joint>.sign'],
  ])('refuses the unknown %s: %s', (name, instead) => {
    const said = refusal(name, 1);
    expect(said).toContain(`ant.yaml:7: ${name}: there is no such parameter`);
    expect(said).toContain(instead);
  });

  it('tells all problems at once, one a line', () => {
    const said = refusalOf([
      { name: 'limits.tilt', value: 9, source: 'ant.yaml:3' },
      { name: 'seed', value: 1, source: 'ant.yaml:4' },
      { name: 'sed', value: 1, source: 'ant.yaml:5' },
    ]);
    expect(said.split('\n').map((line) => line.slice(0, 11))).toEqual(['ant.yaml:3:', 'ant.yaml:5:']);
  });

  it('lets the later of two values win, and knows where each came from', () => {
    const parameters = parseNodeParameters([
      { name: 'seed', value: 1, source: 'ant.yaml:3' },
      { name: 'seed', value: 2, source: '-p' },
    ]);
    expect(parameters.seed).toBe(2);
    expect(parameters.sources.get('seed')).toBe('-p');
    expect(parameters.sources.has('bundle')).toBe(false);
  });

  it('takes the 64-bit integers of ROS services', () => {
    expect(parseNodeParameters([{ name: 'seed', value: 7n, source: 'set_parameters' }]).seed).toBe(7);
    expect(refusal('seed', 2n ** 40n)).toContain(String(2n ** 40n));
  });

  it('leaves parameters that ROS 2 itself reads to ROS 2', () => {
    expect(refusal('qos_overrides./clock.subscription.depth', 1)).toBe('nothing was refused');
    expect(refusal('start_type_description_service', false)).toBe('nothing was refused');
  });

  it.each([
    [
      'freeze',
      2000,
      'health.weight_rms.freeze: 2000 is greater than health.weight_rms.damp, 1000 (its default)',
    ],
    ['stop', 100, 'health.weight_rms.stop: 100 is less than health.weight_rms.damp, 1000 (its default)'],
  ])('refuses a stage %s of %d that does not fit the others', (stage, value, said) => {
    expect(refusal(`health.weight_rms.${stage}`, value)).toBe(
      `ant.yaml:7: ${said}; freeze <= damp <= stop has to hold`,
    );
  });

  it('tells the later of two stages that contradict each other, and where the other one is', () => {
    const said = refusalOf([
      { name: 'health.saturation.damp', value: 0.5, source: 'a.yaml:4' },
      { name: 'health.saturation.freeze', value: 0.9, source: 'b.yaml:5' },
    ]);
    expect(said).toContain(
      'b.yaml:5: health.saturation.freeze: 0.9 is greater than health.saturation.damp, 0.5 (a.yaml:4)',
    );
  });

  it('takes any stages in order', () => {
    const stage = fc.double({ min: 1e-9, max: Infinity, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(stage, stage, stage), (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const given = ['freeze', 'damp', 'stop'].map((name, index) => ({
          name: `health.weight_drift.${name}`,
          value: sorted[index],
          source: '-p',
        }));
        expect(parseNodeParameters(given)['health.weight_drift.damp']).toBe(sorted[1]);
      }),
    );
  });
});
