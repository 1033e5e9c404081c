import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRosArguments } from '../../../bridge/parameters/index.js';

const NODE = { name: 'talker', namespace: '/' };
const parse = (line: string) => parseRosArguments(line.split(' '), NODE);

describe('the arguments of ROS 2', () => {
  // https://docs.ros.org/en/jazzy/How-To-Guides/Node-arguments.html
  it('rename the node and its namespace, and remap topics', () => {
    expect(parse('--ros-args -r __ns:=/demo -r __node:=my_talker -r chatter:=my_topic')).toEqual({
      name: 'my_talker',
      namespace: '/demo',
      remappings: [{ of: 'both', from: 'chatter', to: 'my_topic' }],
      parameters: [],
      rosArguments: ['--ros-args', '-r', '__ns:=/demo', '-r', '__node:=my_talker', '-r', 'chatter:=my_topic'],
      rest: [],
    });
  });

  it('set parameters, of every type', () => {
    const line =
      '--ros-args -p draw_arm_length:=50.0 -p name:=left --param on:=true -p feet:=[a,b] -p a.b:=1';
    expect(parse(line).parameters).toEqual([
      { kind: 'value', name: 'draw_arm_length', value: 50 },
      { kind: 'value', name: 'name', value: 'left' },
      { kind: 'value', name: 'on', value: true },
      { kind: 'value', name: 'feet', value: ['a', 'b'] },
      { kind: 'value', name: 'a.b', value: 1 },
    ]);
  });

  it('name parameter files, in one order with the other parameters', () => {
    expect(parse('--ros-args --params-file a.yaml -p x:=1 --params-file b.yaml').parameters).toEqual([
      { kind: 'file', file: 'a.yaml' },
      { kind: 'value', name: 'x', value: 1 },
      { kind: 'file', file: 'b.yaml' },
    ]);
  });

  // https://design.ros2.org/articles/ros_command_line_arguments.html
  it('end at --, and may begin again', () => {
    const line = 'control --ros-args --ros-args -r foo:=bar -- --some-option -r --ros-args -p x:=1';
    expect(parse(line)).toMatchObject({
      rest: ['control', '--some-option', '-r'],
      rosArguments: ['--ros-args', '--ros-args', '-r', 'foo:=bar', '--', '--ros-args', '-p', 'x:=1'],
      remappings: [{ from: 'foo', to: 'bar' }],
      parameters: [{ name: 'x', value: 1 }],
    });
  });

  it('may be for one node only', () => {
    const line =
      '--ros-args -r talker:__node:=a -r listener:__ns:=/b -r listener:x:=y -p listener:use_sim_time:=true';
    expect(parse(line)).toMatchObject({
      name: 'a',
      namespace: '/',
      remappings: [{ node: 'listener', from: 'x', to: 'y' }],
      parameters: [{ node: 'listener', name: 'use_sim_time', value: true }],
    });
  });

  it('rename the node once: the first rule counts, and later ones see its new name', () => {
    const line = '--ros-args -r __name:=a -r __node:=b -r talker:__ns:=/old -r a:__ns:=/new';
    expect(parse(line)).toMatchObject({ name: 'a', namespace: '/new' });
  });

  it('remap topics or services alone, absolute and private names', () => {
    const line = '--ros-args --remap rostopic:///imu:=/imu/data --remap rosservice://~/estop:=/stop';
    expect(parse(line).remappings).toEqual([
      { of: 'topic', from: '/imu', to: '/imu/data' },
      { of: 'service', from: '~/estop', to: '/stop' },
    ]);
  });

  it('for logs and security are kept for rcl', () => {
    const words = [
      '--log-level',
      'debug',
      '--log-level',
      'rcl:=warn',
      '--enclave',
      '/a',
      '--disable-stdout-logs',
    ];
    expect(parse(['--ros-args', ...words].join(' ')).rosArguments).toEqual(['--ros-args', ...words]);
  });

  it('are not looked for before --ros-args', () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((word) => word !== '--ros-args')), (words) => {
        expect(parseRosArguments(words, NODE)).toMatchObject({ ...NODE, rest: words, rosArguments: [] });
      }),
    );
  });

  it.each([
    ['-p', '-p: is followed by nothing; give name:=value'],
    ['-p seed=7', '-p seed=7: has no :=; give name:=value'],
    ['-p :=7', "'' is not the name of a parameter"],
    ['-p 7up:=7', "'7up' is not the name of a parameter"],
    ['-p seed:=', 'seed: has no value'],
    ['-p seed:=[1', 'seed: '],
    ['-p seed:={a: 1}'.replace(': ', ':'), 'seed: is neither a value nor a list of values'],
    ['-r imu', 'has no :='],
    ['-r __ns:=ant', "'ant' is not a namespace; give one like /ant"],
    ['-r __node:=/ant', "'/ant' is not a name of a node"],
    ['-r a*:=b', "'a*' is not a name"],
    ['-r a:=b__c', "'b__c' is not a name"],
    ['-r a:=b/', "'b/' is not a name"],
    ['--params-file', 'is followed by nothing'],
    ['--parms-file a.yaml', 'did you mean --params-file?'],
    ['control', 'control: is not an argument of ROS 2; end the arguments of ROS with --'],
  ])('are refused where they cannot be understood: %s', (line, said) => {
    expect(() => parse(`--ros-args ${line}`)).toThrow(said);
    expect(() => parse(`--ros-args ${line}`)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });

  it('are not taken for words that every object knows', () => {
    expect(() => parseRosArguments(['--ros-args', 'constructor', 'x'], NODE)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
  });

  it('never end in another error, whatever they are', () => {
    const word = fc.oneof(
      fc.constantFrom('-p', '-r', '--', '--ros-args', '--params-file', 'a:=1'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          const { rest, rosArguments } = parseRosArguments(['--ros-args', ...words], NODE);
          expect([...rest, ...rosArguments].sort()).toEqual(['--ros-args', ...words].sort());
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_USAGE' });
        }
      }),
    );
  });
});
