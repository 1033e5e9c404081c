import { describe, expect, it } from 'vitest';
import { defineCommand, type Command } from '../../launch/command.js';
import {
  choiceOption,
  flag,
  integerOption,
  listOption,
  numberOption,
  repeatedOption,
  textOption,
} from '../../launch/options.js';
import { HebbridgeError } from '../../policy/errors.js';
import { runLine } from './command-line.js';

const walk = defineCommand({
  name: 'walk',
  describe: 'Walk under rules',
  examples: [['hebbridge walk rules.safetensors --steps 100', 'a hundred steps']],
  positionals: { rules: textOption({ describe: 'Rule bundle', required: true }) },
  options: {
    steps: integerOption({ describe: 'Steps', minimum: 1, maximum: 1000, default: 10 }),
    sigma: numberOption({ describe: 'Noise' }),
    bounding: choiceOption({ describe: 'Bounding', choices: ['none', 'decay'], default: 'none' }),
    morphology: listOption({ describe: 'Bodies', choices: ['intact', 'left_front'] }),
    perturb: repeatedOption({ describe: 'Events' }, (text, name) => {
      if (!text.includes('@'))
        throw new HebbridgeError('ERR_PERTURBATION_SYNTAX', `${name}: '${text}' has no @`);
      return text.toUpperCase();
    }),
    noPlasticity: flag({ describe: 'Keep the first weights' }),
  },
  run: (values, context) => {
    context.progress('walking');
    if (values.rules === 'missing') throw new HebbridgeError('ERR_FILE_READ', `missing: no such file`);
    if (values.rules === 'bug') throw new TypeError('x is not a function');
    const exitCode = values.rules === 'falls' ? 1 : 0;
    return Promise.resolve({ json: values, text: `walked ${values.steps}`, exitCode });
  },
});

const sayAll = defineCommand({
  name: 'say-all',
  describe: 'Say words',
  examples: [['hebbridge say-all a b', 'two words']],
  positionals: {
    word: repeatedOption({ describe: 'Words' }, (text, name) => {
      if (text === 'bad') throw new HebbridgeError('ERR_USAGE', `${name}: '${text}' is not good`);
      return text.toUpperCase();
    }),
  },
  options: { loud: flag({ describe: 'Aloud' }) },
  run: ({ word, loud }) => Promise.resolve({ json: { word, loud }, text: word.join(' ') }),
});

const run = (line: string, environment: Record<string, string> = {}, commands: readonly Command[] = [walk]) =>
  runLine(line.split(' ').filter(Boolean), { commands, version: '1.2.3', environment });

describe('a command line that is understood', () => {
  it('prints text for people on stdout and progress on stderr', async () => {
    expect(await run('walk a --steps 3')).toEqual({ exitCode: 0, stdout: 'walked 3\n', stderr: 'walking\n' });
  });

  it('prints one JSON object with --json, with every value typed', async () => {
    const line =
      'walk a --json --steps 3 --sigma -1e-3 --bounding decay --morphology intact,left_front ' +
      '--perturb x@1 --perturb y@2 --no-plasticity';
    const { stdout } = await run(line);
    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      rules: 'a',
      steps: 3,
      sigma: -0.001,
      bounding: 'decay',
      morphology: ['intact', 'left_front'],
      perturb: ['X@1', 'Y@2'],
      noPlasticity: true,
    });
  });

  it('uses the defaults of what is not given', async () => {
    const { stdout } = await run('walk a --json');
    expect(JSON.parse(stdout)).toEqual({
      rules: 'a',
      steps: 10,
      bounding: 'none',
      perturb: [],
      noPlasticity: false,
    });
  });

  it('collects what stands for a repeated positional, wherever options stand', async () => {
    expect((await run('say-all a --loud b 007', {}, [sayAll])).stdout).toBe('A B 007\n');
    expect((await run('say-all', {}, [sayAll])).stdout).toBe('');
    expect((await run('say-all --help', {}, [sayAll])).stdout).toContain('hebbridge say-all [word..]');
    expect((await run('say-all a bad', {}, [sayAll])).stderr).toContain("WORD: 'bad' is not good");
  });

  it('takes the exit code that the command gives', async () => {
    expect(await run('walk falls')).toMatchObject({ exitCode: 1, stdout: 'walked 10\n' });
  });

  it('shows help with defaults and examples, and the version', async () => {
    const { stdout, exitCode } = await run('walk --help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('hebbridge walk <rules>');
    expect(stdout).toContain('hebbridge walk rules.safetensors --steps 100');
    expect(stdout).toContain('[default: 10]');
    expect(stdout).toContain('--no-plasticity');
    expect(await run('--version')).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
  });
});

describe('a command line that is not understood ends with exit code 2 and names what is wrong', () => {
  it.each([
    ['', 'no command given; commands: walk'],
    ['wlak a', "'wlak': no such command; did you mean walk?"],
    ['run a', "'run': no such command; commands: walk"],
    ['walk', 'Not enough non-option arguments: got 0, need at least 1 (see hebbridge walk --help)'],
    ['walk a b', "'b': more than walk takes"],
    ['walk a --stps 3', '--stps: no such option of walk (did you mean --steps?'],
    ['walk a -q', '-q: no such option of walk (see hebbridge walk --help)'],
    ['walk a --plasticity', '--plasticity: no such option of walk (did you mean --no-plasticity?'],
    ['walk a --steps', 'Not enough arguments following: steps'],
    ['walk a --steps abc', "--steps: 'abc' is not a whole number; give a whole number from 1 to 1000"],
    ['walk a --steps 1.5', "--steps: '1.5' is not a whole number"],
    ['walk a --steps=', "--steps: '' is not a whole number"],
    ['walk a --steps 0x10', "--steps: '0x10' is not a whole number"],
    ['walk a --steps 0', "--steps: '0' is not in range; give a whole number from 1 to 1000"],
    ['walk a --steps 1001', "--steps: '1001' is not in range"],
    ['walk a --steps 1 --steps 2', '--steps: given 2 times; give it once'],
    ['walk a --sigma NaN', "--sigma: 'NaN' is not a number"],
    ['walk a --sigma Infinity', "--sigma: 'Infinity' is not a number"],
    ['walk a --sigma 1e999', "--sigma: '1e999' is not a number"],
    [
      'walk a --bounding decaz',
      "--bounding: 'decaz' is not known; give one of none, decay (did you mean decay?)",
    ],
    ['walk a --morphology intact,intact', "--morphology: 'intact,intact' is not a list without repeats"],
    ['walk a --morphology intact,', "--morphology: 'intact,' is not a list"],
    ['walk a --morphology tripod', "--morphology: 'tripod' is not known"],
    ['walk a --no-plasticity=false', '--no-plasticity=false: --no-plasticity takes no value'],
  ])('%s', async (line, message) => {
    const { exitCode, stdout, stderr } = await run(line);
    expect(stderr).toContain(`hebbridge: ERR_USAGE: ${message}`);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('keeps the code of an option that has a notation of its own', async () => {
    const { exitCode, stderr } = await run('walk a --perturb x');
    expect(stderr).toBe("hebbridge: ERR_PERTURBATION_SYNTAX: --perturb: 'x' has no @\n");
    expect(exitCode).toBe(2);
  });

  it('says so on stdout too with --json', async () => {
    const { exitCode, stdout } = await run('walk a --steps abc --json');
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'ERR_USAGE',
        message: "--steps: 'abc' is not a whole number; give a whole number from 1 to 1000",
      },
    });
    expect(exitCode).toBe(2);
  });
});

describe('a command that fails', () => {
  it('ends with exit code 1, code and message', async () => {
    expect(await run('walk missing')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'walking\nhebbridge: ERR_FILE_READ: missing: no such file\n',
    });
  });

  it('with a fault of its own says ERR_INTERNAL, and where only when asked', async () => {
    const plain = await run('walk bug');
    expect(plain.exitCode).toBe(1);
    expect(plain.stderr).toContain('hebbridge: ERR_INTERNAL: x is not a function');
    expect(plain.stderr).not.toContain('cli.test');
    expect((await run('walk bug', { HEBBRIDGE_DEBUG: '1' })).stderr).toContain('cli.test');
  });
});
