import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../sim/evolution/checkpoint.js';
import { parseEvolutionSettings } from '../../../sim/evolution/evolution-settings.js';
import { startOpenEs } from '../../../sim/evolution/open-es.js';
import { RunDirectory, type LogLine } from '../../../sim/evolution/run-directory.js';

let folder = '';
let directory: RunDirectory;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hebbridge-run-'));
  directory = new RunDirectory(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (generation: number): LogLine => ({
  generation,
  horizon: 20,
  sigma: 0.1,
  mean: { intact: 1 },
  max: { intact: 2 },
  steps: 10,
  stepsTotal: 10 * generation,
  seconds: 1,
});

const settings = parseEvolutionSettings({ environment: 'pursuit', mirror: false }, 'a test');
const checkpoint: Checkpoint = {
  settings,
  state: startOpenEs(settings, 4, 1),
  best: undefined,
  stepsTotal: 0,
};

function record(...generations: number[]): void {
  for (const generation of generations) directory.record(line(generation), checkpoint);
}

const coded = (code: string): unknown => expect.objectContaining({ code });

describe('the log of a run', () => {
  it('is gone back to the generation of the checkpoint', () => {
    record(1, 2, 3);
    directory.rewindLog(2);
    expect(directory.readLog()).toEqual([line(1), line(2)]);
  });

  it('loses a last line that was cut off, and nothing else', () => {
    record(1, 2);
    appendFileSync(directory.logPath, '{"generation":3,"hori');
    directory.rewindLog(3);
    expect(directory.readLog()).toEqual([line(1), line(2)]);
  });

  it('keeps a last line that only lacks its line break', () => {
    record(1);
    appendFileSync(directory.logPath, JSON.stringify(line(2)));
    directory.rewindLog(2);
    expect(readFileSync(directory.logPath, 'utf8')).toBe(
      `${JSON.stringify(line(1))}\n${JSON.stringify(line(2))}\n`,
    );
  });

  it.each(['{"generation":2,"hori', 'null', '{}'])(
    'is refused with file and line where %j is in its middle',
    (bad) => {
      record(1);
      appendFileSync(directory.logPath, `${bad}\n`);
      record(3);
      const refusal = expect.objectContaining({
        code: 'ERR_FILE_READ',
        message: expect.stringContaining(`${directory.logPath}:2: `) as string,
      }) as unknown;
      expect(() => directory.rewindLog(3)).toThrow(refusal);
      expect(() => directory.readLog()).toThrow(refusal);
    },
  );
});

describe('what a run cannot read or write has a code', () => {
  it('a log that cannot be written', () => {
    mkdirSync(directory.logPath);
    expect(() => record(1)).toThrow(coded('ERR_FILE_WRITE'));
  });

  it('a log that cannot be read', () => {
    mkdirSync(directory.logPath);
    expect(() => directory.readLog()).toThrow(coded('ERR_FILE_READ'));
    expect(() => directory.rewindLog(1)).toThrow(coded('ERR_FILE_READ'));
  });

  it('a checkpoint that cannot be read', () => {
    mkdirSync(directory.checkpointPath);
    expect(() => directory.readCheckpoint()).toThrow(coded('ERR_FILE_READ'));
  });
});
