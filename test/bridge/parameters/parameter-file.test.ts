import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseNodeParameters,
  parseParameterFile,
  renderParameterFile,
  type ParameterType,
  type ParameterValue,
} from '../../../bridge/parameters/index.js';
import { ANT_PARAMETERS, overrides } from './parameter-values.js';

const ROOT = { name: 'hebbridge', namespace: '/' };

/** What a file says to a node: name, value. */
function read(text: string, node = ROOT): unknown[] {
  return parseParameterFile(text, 'ant.yaml', node).map(({ name, value }) => [name, value]);
}

/** A file with these lines for every node. */
function file(...lines: readonly string[]): string {
  return ['/**:', '  ros__parameters:', ...lines.map((line) => `    ${line}`)].join('\n');
}

const typeOf = new Map<string, ParameterType>(ANT_PARAMETERS.map(({ name, type }) => [name, type]));

describe('a parameter file', () => {
  it('has flat and nested names, and says where each value stands', () => {
    const text = file('seed: 7', 'limits:', '  tilt: 0.8', 'damped.gain: 0.1', 'joints: {a: {sign: -1}}');
    expect(parseParameterFile(text, 'ant.yaml', ROOT)).toEqual([
      { name: 'seed', value: 7, source: 'ant.yaml:3' },
      { name: 'limits.tilt', value: 0.8, source: 'ant.yaml:5' },
      { name: 'damped.gain', value: 0.1, source: 'ant.yaml:6' },
      { name: 'joints.a.sign', value: -1, source: 'ant.yaml:7' },
    ]);
  });

  it.each([
    ['7', 7],
    ['-7', -7],
    ['0x1F', 31],
    ['017', 15],
    ['08', 8],
    ['1.0', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1.5E-3', 0.0015],
    ['.nan', NaN],
    ['nan', NaN],
    ['.nAn', '.nAn'],
    ['.inf', Infinity],
    ['+.Inf', Infinity],
    ['-INF', -Infinity],
    ['.iNf', '.iNf'],
    ['-.inf', -Infinity],
    ['true', true],
    ['Yes', true],
    ['off', false],
    ['N', false],
    ['tRUE', 'tRUE'],
    ["'7'", '7'],
    ['"true"', 'true'],
    ['!!str 7', '7'],
    ['1_000', '1_000'],
    ['1e999', '1e999'],
    ['null', 'null'],
    ['~', '~'],
    ['a-b', 'a-b'],
    ["''", ''],
    ['[a, b]', ['a', 'b']],
    ['[]', []],
    ['["1", "2"]', ['1', '2']],
  ])('reads %s as ROS 2 does', (text, value) => {
    expect(read(file(`x: ${text}`))).toEqual([['x', value]]);
  });

  it('gives back any valid values that were written', () => {
    fc.assert(
      fc.property(overrides, (given) => {
        const values = given.map(
          ({ name, value }) => [name, typeOf.get(name)!, value as ParameterValue] as const,
        );
        const again = parseParameterFile(
          renderParameterFile('/hebbridge', [['status_period', 'double', 2], ...values]),
          'ant.yaml',
          ROOT,
        );
        const first = { name: 'status_period', value: 2, source: '-p' };
        const { joints, ...parsed } = { ...parseNodeParameters([first, ...given]), sources: 'not in a file' };
        const { joints: jointsAgain, ...parsedAgain } = {
          ...parseNodeParameters(again),
          sources: 'not in a file',
        };
        expect(parsedAgain).toEqual(parsed);
        const settings = (all: typeof joints) =>
          new Map(all.map((at) => [`${at.joint}.${at.field}`, at.value]));
        expect(settings(jointsAgain)).toEqual(settings(joints));
      }),
    );
  });

  it('takes integers for doubles, and whole doubles for integers', () => {
    const given = parseParameterFile(file('fade_in_time: 2', 'seed: 3.0'), 'ant.yaml', ROOT);
    expect(parseNodeParameters(given)).toMatchObject({ fade_in_time: 2, seed: 3 });
  });
});

describe('the nodes that a parameter file names', () => {
  const ant = { name: 'hebbridge', namespace: '/ant' };
  const deep = { name: 'hebbridge', namespace: '/lab/ant' };
  const one = (name: string) => `${name}:\n  ros__parameters: {seed: 2}\n`;

  it.each([
    ['/**', [ROOT, ant, deep]],
    ['/*', [ROOT]],
    ['hebbridge', [ROOT]],
    ['/hebbridge', [ROOT]],
    ['/ant/hebbridge', [ant]],
    ['ant/hebbridge', [ant]],
    ['/*/hebbridge', [ant]],
    ['/ant/*', [ant]],
    ['/**/hebbridge', [ROOT, ant, deep]],
    ['/lab/**', [deep]],
    ['/other', []],
  ])('%s match as in ROS 2', (pattern, expected) => {
    const matched = [ROOT, ant, deep].filter((node) => {
      try {
        return read(one(pattern), node).length > 0;
      } catch {
        return false;
      }
    });
    expect(matched).toEqual(expected);
  });

  it('may stand under their namespaces', () => {
    expect(read('lab:\n  ant:\n    hebbridge:\n      ros__parameters: {seed: 3}', deep)).toEqual([
      ['seed', 3],
    ]);
    expect(read('/lab:\n  ant/hebbridge:\n    ros__parameters: {seed: 3}', deep)).toEqual([['seed', 3]]);
  });

  it('are read in the order of the file, the others left out', () => {
    const text =
      '/**: {ros__parameters: {seed: 1}}\nfoo: {ros__parameters: {x: 1}}\nhebbridge: {ros__parameters: {seed: 2}}';
    expect(read(text)).toEqual([
      ['seed', 1],
      ['seed', 2],
    ]);
  });

  it('have to be this one: otherwise the file is refused with what it should look like', () => {
    const parsing = () => read(one('/foo') + one('bar'), ant);
    expect(parsing).toThrow('ant.yaml: has nothing for /ant/hebbridge, only for /foo, /bar');
    expect(parsing).toThrow('/ant/hebbridge:\n  ros__parameters:\n    seed: 7');
  });
});

describe('a parameter file that cannot be read', () => {
  it.each([
    ['', 'ant.yaml: has no ros__parameters'],
    ['seed: 7', 'ant.yaml:1: seed has to be followed by ros__parameters'],
    ['ros__parameters: {seed: 7}', 'ant.yaml:1: ros__parameters belongs under the name of a node'],
    ['a-b: {ros__parameters: {seed: 7}}', "ant.yaml:1: 'a-b' is not the name of a node"],
    ['hebbridge:\n  ros__parameters:', 'ant.yaml:2: ros__parameters has to be followed by parameters'],
    [file('seed:'), 'ant.yaml:3: seed: has no value'],
    [file('a: &x 1', 'seed: *x'), 'ant.yaml:4: seed: *x is an alias, which ROS 2 does not read'],
    [file('a: [[1]]'), 'ant.yaml:3: a: is a list of lists'],
    [file('a: [{b: 1}]'), 'ant.yaml:3: a: is neither a value nor a list of values'],
    [file('seed: 1', 'seed: 2'), 'ant.yaml:4: Map keys must be unique'],
    [file('a: [1', 'b: 2'), 'ant.yaml:'],
    [file('? [a]', ': 1'), 'ant.yaml:3: this cannot be a name'],
  ])('is refused with the place: %j', (text, said) => {
    expect(() => read(text)).toThrow(said);
  });

  it('is told with all problems at once, one a line', () => {
    expect(() => read(file('a:', 'b: [[1]]', 'c: 1'))).toThrow(/^ant\.yaml:3: .*\nant\.yaml:4: .*$/);
  });

  it('never ends in another error, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => file(...text.split('\n'))),
        ),
        (text) => {
          try {
            read(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'ERR_PARAMETER_FILE' });
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
