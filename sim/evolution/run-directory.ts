import { existsSync, mkdirSync, readFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { HebbridgeError } from '../../policy/errors.js';
import { writeFileAtomically } from '../atomic-file.js';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint.js';
import type { GenerationReport } from './evolution-run.js';
import { learningCurves } from './learning-curve.js';

/** A line of log.jsonl: the generation, and how long it took (the one thing that differs between runs). */
export type LogLine = GenerationReport & { readonly seconds: number };

/**
 * Where a run keeps what it has: its checkpoint and its log. Every file is whole at every moment, so that a run
 * can be killed at any of them.
 */
export class RunDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get rulesPath(): string {
    return join(this.path, 'rules.safetensors');
  }

  get logPath(): string {
    return join(this.path, 'log.jsonl');
  }

  get settingsPath(): string {
    return join(this.path, 'settings.json');
  }

  get checkpointPath(): string {
    return join(this.path, 'checkpoint.safetensors');
  }

  create(): void {
    try {
      mkdirSync(this.path, { recursive: true });
    } catch (error) {
      throw new HebbridgeError('ERR_FILE_WRITE', `${this.path}: cannot make this folder: ${String(error)}`);
    }
  }

  readCheckpoint(): Checkpoint | undefined {
    if (!existsSync(this.checkpointPath)) return undefined;
    return decodeCheckpoint(readFileSync(this.checkpointPath), this.checkpointPath);
  }

  /** First the log, then the checkpoint: a kill between them leaves a line too many, never one too few. */
  record(line: LogLine, checkpoint: Checkpoint): void {
    appendFileSync(this.logPath, `${JSON.stringify(line)}\n`);
    writeFileAtomically(this.checkpointPath, encodeCheckpoint(checkpoint));
  }

  /** Every line of the log. */
  readLog(): LogLine[] {
    if (!existsSync(this.logPath)) return [];
    const lines = readFileSync(this.logPath, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogLine);
  }

  /** Draw the learning curve anew. */
  async drawCurve(title: string): Promise<void> {
    // Loaded when it is needed: plotting takes longer to load than all the rest.
    const { drawLearningCurves } = await import('../experiment/report/parts/learning-curves.js');
    writeFileAtomically(
      join(this.path, 'curve.svg'),
      drawLearningCurves(title, learningCurves(this.readLog())),
    );
  }

  /** Drop the log's lines after `generation`, and a line that was cut off. */
  rewindLog(generation: number): void {
    if (!existsSync(this.logPath)) return;
    const kept = readFileSync(this.logPath, 'utf8')
      .split('\n')
      .filter((line) => generationOf(line) <= generation);
    writeFileAtomically(this.logPath, kept.map((line) => `${line}\n`).join(''));
  }
}

function generationOf(line: string): number {
  try {
    return (JSON.parse(line) as LogLine).generation;
  } catch {
    return Infinity;
  }
}
