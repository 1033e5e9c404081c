import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBundle } from '../../launch/bundle-file.js';
import { encodeCheckpoint } from '../../sim/evolution/checkpoint.js';
import { RunDirectory, type LogLine } from '../../sim/evolution/run-directory.js';
import { CLAIM_FILE } from '../../sim/folder-claim.js';

const MAIN = join(createRequire(import.meta.url).resolve('hebbridge/package.json'), '../dist/launch/main.js');
const PURSUIT = ['--environment', 'pursuit', '--population', '64', '--workers', '2'];
const TINY_ANT = ['--population', '4', '--seed-groups', '1', '--horizon', '20', '--rollouts', '1'];
/** Far more than a process that is to be killed early can get through. */
const TO_400 = ['--generations', '400'];

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hebbridge-evolve-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hebbridge(...typed: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...typed], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** The log without the one thing that differs between runs. */
function logOf(out: string): Omit<LogLine, 'seconds'>[] {
  const lines = readFileSync(join(out, 'log.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { seconds, ...rest } = JSON.parse(line) as LogLine;
    expect(seconds).toBeGreaterThan(0);
    return rest;
  });
}

/** A run that goes on until it is stopped. */
function startEndless(out: string) {
  return spawn(process.execPath, [MAIN, 'evolve', '--out', out, ...PURSUIT, '--generations', '100000']);
}

/** Start the run and kill -9 it as soon as its progress tells of `generation`, or a later one. */
async function killAt(out: string, generation: number, ...typed: string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, 'evolve', '--out', out, ...typed]);
  await new Promise<void>((resolve) => {
    let seen = '';
    child.stderr.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const told = [...seen.matchAll(/generation (\d+)\//g)].map(([, number]) => Number(number));
      if (told.some((number) => number >= generation)) child.kill('SIGKILL');
    });
    child.on('exit', () => resolve());
  });
}

describe('hebbridge evolve', () => {
  it('killed with -9 three times and resumed gives bit for bit the run that was never killed', async () => {
    const whole = join(folder, 'whole');
    const killed = join(folder, 'killed');
    expect(hebbridge('evolve', '--out', whole, ...PURSUIT, ...TO_400).status).toBe(0);
    await killAt(killed, 1, ...PURSUIT, ...TO_400);
    await killAt(killed, 17, ...PURSUIT, ...TO_400, '--resume');
    await killAt(killed, 41, '--resume');
    expect(logOf(killed).length).toBeLessThan(400);
    expect(hebbridge('evolve', '--out', killed, '--resume').status).toBe(0);

    expect(readFileSync(join(killed, 'checkpoint.safetensors'))).toEqual(
      readFileSync(join(whole, 'checkpoint.safetensors')),
    );
    expect(logOf(killed)).toEqual(logOf(whole));
  });

  it('stopped with Ctrl-C says how to go on, and keeps its last whole generation', async () => {
    const out = join(folder, 'stopped');
    const child = startEndless(out);
    let text = '';
    let interrupted = false;
    const status = await new Promise((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        // Once: a second Ctrl-C ends the process at once.
        if (text.includes('generation 5/') && !interrupted) interrupted = child.kill('SIGINT');
      });
      child.on('exit', resolve);
    });
    expect(status).toBe(1);
    expect(text).toContain('ERR_INTERRUPTED');
    expect(text).toContain('--resume');
    expect(logOf(out).length).toBeGreaterThanOrEqual(5);
  });

  it('leaves a folder alone that another one is writing into, and gives it back at its end', async () => {
    const out = join(folder, 'shared');
    const first = startEndless(out);
    const ended = new Promise((resolve) => first.on('exit', resolve));
    await once(first.stderr, 'data');
    const second = hebbridge('evolve', '--out', out, '--resume');
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(`ERR_FOLDER_IN_USE: ${out}: process ${first.pid!} is writing into it`);
    first.kill('SIGINT');
    expect(await ended).toBe(1);
    const { length } = logOf(out);
    expect(hebbridge('evolve', '--out', out, '--resume', '--generations', String(length + 1)).status).toBe(0);
    expect(readdirSync(out)).not.toContain(CLAIM_FILE);
  });

  it('goes on with the run of another hebbridge, and says that its bits are no longer those of one', () => {
    const out = join(folder, 'upgraded');
    const run = ['evolve', '--out', out, ...TINY_ANT];
    expect(hebbridge(...run, '--generations', '1').stderr).not.toContain('the same bits');
    const directory = new RunDirectory(out);
    const kept = directory.readCheckpoint()!;
    const older = { ...kept, programs: ['hebbridge 0.0.1'] };
    writeFileSync(directory.checkpointPath, encodeCheckpoint(older));

    const onwards = hebbridge(...run, '--generations', '2', '--resume');
    expect(onwards.status).toBe(0);
    expect(onwards.stderr).toContain(`lived by hebbridge 0.0.1, this is ${kept.programs![0]!}`);
    const { evolution } = readBundle(directory.rulesPath).provenance;
    expect(evolution!['programs']).toEqual(['hebbridge 0.0.1', kept.programs![0]]);
    expect(hebbridge(...run, '--generations', '3', '--resume').stderr).not.toContain('the same bits');
  });

  it('writes rules that load, and evaluate tells what they do', () => {
    const out = join(folder, 'ant');
    const evolved = hebbridge('evolve', '--out', out, ...TINY_ANT, '--generations', '1', '--json');
    expect(evolved.status).toBe(0);
    const { rules } = JSON.parse(evolved.stdout) as { rules: string };

    const measured = hebbridge(
      'evaluate',
      rules,
      '--rollouts',
      '2',
      '--morphology',
      'intact,left_back:0.2',
      '--json',
    );
    expect(measured.status).toBe(0);
    const { results } = JSON.parse(measured.stdout) as {
      results: { morphology: string; distances: number[]; mean: number; solved: number }[];
    };
    expect(results.map(({ morphology }) => morphology)).toEqual(['intact', 'left_back:0.2']);
    for (const { distances, mean } of results) {
      expect(distances).toHaveLength(2);
      expect(mean).toBeCloseTo((distances[0]! + distances[1]!) / 2, 9);
    }
    const again = hebbridge(
      'evaluate',
      rules,
      '--rollouts',
      '2',
      '--morphology',
      'intact',
      '--workers',
      '1',
      '--json',
    );
    const repeated = JSON.parse(again.stdout) as { results: { distances: number[] }[] };
    expect(repeated.results[0]!.distances).toEqual(results[0]!.distances);
  });

  it('refuses to resume what was never begun', () => {
    const { status, stderr } = hebbridge('evolve', '--out', join(folder, 'typo'), '--resume');
    expect(status).toBe(1);
    expect(stderr).toContain('ERR_CHECKPOINT');
  });

  it('refuses to overwrite a run, and to resume one with other settings', () => {
    const out = join(folder, 'run');
    expect(hebbridge('evolve', '--out', out, ...PURSUIT, '--generations', '1').status).toBe(0);
    const overwrite = hebbridge('evolve', '--out', out, ...PURSUIT);
    expect(overwrite.status).toBe(2);
    expect(overwrite.stderr).toContain('--resume');
    const changed = hebbridge('evolve', '--out', out, '--resume', '--population', '32');
    expect(changed.status).toBe(2);
    expect(changed.stderr).toContain('population: the run to resume has 64, not 32');
  });

  it.each([
    [['--population', '7'], 'population'],
    [['--bounding', 'decay'], '--bounding'],
    [['--bounding', 'rope:3'], '--bounding'],
    [['--layer-sizes', '28x8'], '--layer-sizes'],
    [['--morphology', 'three_legs'], 'three_legs'],
    [['--settings', '/nowhere.json'], '/nowhere.json'],
  ])('says what is wrong before it starts: %j', (typed, named) => {
    const { status, stderr } = hebbridge('evolve', '--out', join(folder, 'bad'), ...typed);
    expect(status).toBe(named === '/nowhere.json' ? 1 : 2);
    expect(stderr).not.toContain('ERR_INTERNAL');
    expect(stderr).toContain(named);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('hebbridge evaluate', () => {
  it.each([
    [['nowhere.safetensors'], 1, 'ERR_FILE_READ'],
    [['x', '--morphology', 'four'], 2, 'ERR_USAGE'],
    [['x', '--rollouts', '0'], 2, 'ERR_USAGE'],
    [['x', '--no-plasticity', '--freeze-at', '3'], 2, 'ERR_USAGE'],
  ])('refuses %j', (typed, status, code) => {
    const result = hebbridge('evaluate', ...typed);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(code);
  });
});
