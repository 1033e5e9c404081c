import type { Writable } from 'node:stream';
import type { Checkpoint } from '../sim/evolution/checkpoint.js';
import type { GenerationReport } from '../sim/evolution/evolution-run.js';
import { shareDone, type EvolutionSettings } from '../sim/evolution/evolution-settings.js';
import { durationText } from './duration-text.js';

const BAR = 20;

/** The progress line of an evolution: rewritten in place on a terminal, a line a generation elsewhere. */
export class EvolutionProgress {
  private readonly out: Writable & { readonly isTTY?: boolean };
  private readonly settings: EvolutionSettings;
  private readonly now: () => number;
  private readonly startTime: number;
  private readonly shareAtStart: number;
  private generationStart: number;
  private lastLine = '';

  /** `now` tells seconds. */
  constructor(
    out: Writable & { readonly isTTY?: boolean },
    settings: EvolutionSettings,
    from: Checkpoint | undefined,
    now: () => number,
  ) {
    this.out = out;
    this.settings = settings;
    this.now = now;
    this.startTime = now();
    this.generationStart = this.startTime;
    this.shareAtStart = from ? shareDone(settings, from.state.generation, from.stepsTotal) : 0;
  }

  /** A pair of the generation that is going on is done. */
  pair(done: number, pairs: number): void {
    if (!this.out.isTTY) return;
    const filled = Math.round((BAR * done) / pairs);
    this.rewrite(`${'#'.repeat(filled)}${'.'.repeat(BAR - filled)} ${this.lastLine}`);
  }

  /** A generation is done; returns the seconds that it took. */
  generation(report: GenerationReport): number {
    const now = this.now();
    const seconds = now - this.generationStart;
    this.generationStart = now;
    const share = shareDone(this.settings, report.generation, report.stepsTotal);
    const left = ((now - this.startTime) / (share - this.shareAtStart)) * Math.max(0, 1 - share);
    const fitness = Object.keys(report.mean)
      .map((name) => {
        const validated = report.validation?.[name];
        const tested = validated === undefined ? '' : ` (center ${validated.toFixed(0)})`;
        return `${name} ${report.mean[name]!.toFixed(0)} best ${report.max[name]!.toFixed(0)}${tested}`;
      })
      .join(', ');
    const line =
      `generation ${report.generation}/${this.settings.generations}  ${fitness}  ` +
      `${(report.steps / seconds).toFixed(0)} steps/s  ${durationText(left)} left`;
    this.lastLine = line;
    if (!this.out.isTTY) this.out.write(`${line}\n`);
    else if (report.validation) this.rewrite(`${line}\n`);
    else this.rewrite(line);
    return seconds;
  }

  /** Leave the terminal on a new line. */
  end(): void {
    if (this.out.isTTY) this.out.write('\n');
  }

  private rewrite(text: string): void {
    this.out.write(`\r\x1b[2K${text}`);
  }
}
