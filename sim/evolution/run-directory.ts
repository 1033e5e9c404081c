import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HebbridgeError } from '../../policy/errors.js';
import { writeFileAtomically } from '../atomic-file.js';
import { appendText, readBytes } from '../files.js';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from './checkpoint.js';
import type { GenerationReport } from './evolution-run.js';

/** A line of log.jsonl: the generation, and how long it took (the one thing that differs between runs). */
export type LogLine = GenerationReport & { readonly seconds: number };

/**
 * Where a run keeps what it has: its checkpoint and its log. Every file is whole at every moment, so that a run
 * can be killed at any of them. What cannot be read or written is an ERR_FILE_READ or ERR_FILE_WRITE.
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

  /** The learning curve, as whoever runs it draws it. */
  get curvePath(): string {
    return join(this.path, 'curve.svg');
  }

  readCheckpoint(): Checkpoint | undefined {
    if (!existsSync(this.checkpointPath)) return undefined;
    return decodeCheckpoint(readBytes(this.checkpointPath), this.checkpointPath);
  }

  /** First the log, then the checkpoint: a kill between them leaves a line too many, never one too few. */
  record(line: LogLine, checkpoint: Checkpoint): void {
    appendText(this.logPath, `${JSON.stringify(line)}\n`);
    writeFileAtomically(this.checkpointPath, encodeCheckpoint(checkpoint));
  }

  /** Every line of the log. */
  readLog(): LogLine[] {
    if (!existsSync(this.logPath)) return [];
    return this.logRows().flatMap((row, index) => (row === '' ? [] : [this.parseRow(row, index)]));
  }

  /**
   * Drop the log's lines after `generation`, and a last line that was cut off. Throws ERR_FILE_READ for one that cannot
   * be read elsewhere: a kill does not leave that.
   */
  rewindLog(generation: number): void {
    if (!existsSync(this.logPath)) return;
    const rows = this.logRows();
    const last = rows.pop()!;
    const kept = rows.filter((row, index) => this.parseRow(row, index).generation <= generation);
    const whole = parseLine(last);
    if (whole && whole.generation <= generation) kept.push(last);
    writeFileAtomically(this.logPath, kept.map((row) => `${row}\n`).join(''));
  }

  private logRows(): string[] {
    return readBytes(this.logPath).toString('utf8').split('\n');
  }

  private parseRow(row: string, index: number): LogLine {
    const line = parseLine(row);
    if (line) return line;
    throw new HebbridgeError(
      'ERR_FILE_READ',
      `${this.logPath}:${index + 1}: is no line of an evolution's log: '${row.slice(0, 60)}'; take it out, or get ` +
        'the file again',
    );
  }
}

function parseLine(row: string): LogLine | undefined {
  try {
    const line = JSON.parse(row) as LogLine;
    return typeof line.generation === 'number' ? line : undefined;
  } catch {
    return undefined;
  }
}
