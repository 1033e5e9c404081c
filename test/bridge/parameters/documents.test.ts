import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  defaultParameterFile,
  NODE_PARAMETERS,
  parameterOverrides,
  parameterTable,
  parseNodeParameters,
  parseParameterFile,
  parseRosArguments,
} from '../../../bridge/parameters/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = path.join(root, 'docs/ros2.md');
const shipped = (name: string) => path.join(root, 'launch/parameters', name);
const NODE = { name: 'hebbridge', namespace: '/' };

/** The parameters of a node that is started with these arguments. */
function started(...words: readonly string[]) {
  return parseNodeParameters(parameterOverrides(parseRosArguments(['--ros-args', ...words], NODE)));
}

// `npx vitest run test/bridge/parameters -u` writes both anew.
describe('what is generated from the table of parameters', () => {
  it('is launch/parameters/hebbridge.yaml', async () => {
    await expect(defaultParameterFile()).toMatchFileSnapshot(shipped('hebbridge.yaml'));
  });

  it('is the table in docs/ros2.md', async () => {
    const text = readFileSync(page, 'utf8');
    const [before, after] = [text.split('<!-- parameters -->')[0]!, text.split('<!-- /parameters -->')[1]!];
    const table = `<!-- parameters -->\n\n${parameterTable()}\n\n<!-- /parameters -->`;
    await expect(`${before}${table}${after}`).toMatchFileSnapshot(page);
  });
});

describe('the parameter files that ship', () => {
  it('hebbridge.yaml has the defaults, for a node of any name', () => {
    const parameters = started('-r', '__ns:=/ant', '--params-file', shipped('hebbridge.yaml'));
    const { sources } = parameters;
    expect(parameters).toEqual({ ...parseNodeParameters(), sources });
    expect(sources.get('seed')).toMatch(/hebbridge\.yaml:\d+$/);
  });

  it('hebbridge.yaml sets every parameter that ROS 2 can tell the type of', () => {
    const overrides = parseParameterFile(
      readFileSync(shipped('hebbridge.yaml'), 'utf8'),
      'hebbridge.yaml',
      NODE,
    );
    const set = overrides.map(({ name }) => name);
    expect([...set, 'input.foot_names'].sort()).toEqual(NODE_PARAMETERS.map(({ name }) => name).sort());
  });

  it('hebbridge.yaml shows the joints in a form that is understood', () => {
    const text = readFileSync(shipped('hebbridge.yaml'), 'utf8');
    const joints = text.slice(text.indexOf('    # joints:')).replaceAll(/^ {4}# /gm, '    ');
    const overrides = parseParameterFile(`/**:\n  ros__parameters:\n${joints}`, 'joints.yaml', NODE);
    expect(parseNodeParameters(overrides).joints).toHaveLength(5);
  });

  it('ant-simulation.yaml starts a simulated Ant at once', () => {
    expect(started('--params-file', shipped('ant-simulation.yaml'))).toMatchObject({
      simulated: true,
      autostart: true,
      'perturbation.enabled': true,
      'overrun.policy': 'report',
      fade_in_time: 0.5,
      'limits.tilt': 1.05,
    });
  });
});

describe('parameters from the command line', () => {
  it('are read in its order, the last one winning, with where they came from', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-parameters-'));
    const file = path.join(folder, 'own.yaml');
    writeFileSync(
      file,
      '/**: {ros__parameters: {seed: 2}}\nhebbridge: {ros__parameters: {seed: 3, autostart: true}}\n',
    );
    try {
      const after = started('--params-file', file, '-p', 'seed:=4');
      expect(after).toMatchObject({ seed: 4, autostart: true });
      expect([after.sources.get('seed'), after.sources.get('autostart')]).toEqual(['-p', `${file}:2`]);
      expect(started('-p', 'seed:=4', '--params-file', file).seed).toBe(3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('for other nodes are left out', () => {
    expect(started('-p', 'listener:seed:=4', '-p', 'hebbridge:autostart:=true')).toMatchObject({
      seed: 1,
      autostart: true,
    });
  });

  it('refuse a file that is not there', () => {
    expect(() => started('--params-file', 'nowhere.yaml')).toThrow(
      expect.objectContaining({
        code: 'ERR_FILE_READ',
        message: expect.stringContaining('nowhere.yaml') as string,
      }),
    );
  });
});
