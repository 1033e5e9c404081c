import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HebbridgeError } from '../../policy/errors.js';
import type { JsonRecord } from '../../policy/bundle/bundle-metadata.js';
import { writeFileAtomically } from '../atomic-file.js';
import { appendText, makeFolder, readBytes } from '../files.js';
import type { LifeRecord } from './result.js';
import type { LifeStore } from './run-experiment.js';

/** In the folder of an experiment. */
export const LIVES_FILE = 'lives.jsonl';

const lifeSchema = z.strictObject({
  seed: z.number(),
  distance: z.number(),
  steps: z.number(),
  fell: z.boolean(),
  saturated: z.array(z.number()),
  actionChange: z.number(),
  /** Little-endian float32 in base64. */
  speed: z.string().optional(),
});

/** A line of lives.jsonl: what the lives are of, the beginning of a session, or a life. */
const lineSchema = z.union([
  z.strictObject({ experiment: z.record(z.string(), z.json()) }),
  z.strictObject({ session: z.number() }),
  /** `at`: s of its session when it was done. */
  z.strictObject({ condition: z.string(), rollout: z.number(), at: z.number(), life: lifeSchema }),
]);

/** What some parts of an identity mean, where their names do not say it. */
const TOLD: Readonly<Record<string, string>> = {
  code: 'code (that of this hebbridge is not the one that lived them)',
  live: 'robot (headless, or the bridge at an address)',
};

/**
 * Where an experiment keeps its lives, one a line, each as soon as it is lived: it can be killed at any moment and goes
 * on from there. Lives of another experiment are not mixed in.
 */
export class ExperimentDirectory implements LifeStore {
  readonly path: string;
  private readonly now: () => number;
  private readonly began: number;
  private readonly lives = new Map<string, LifeRecord>();
  /** s that earlier sessions took, up to their last life. */
  private earlier = 0;

  /**
   * @param identity everything that the lives depend on
   * @param now s
   * @throws HebbridgeError ERR_SETTING where the folder holds lives of another experiment; ERR_FILE_READ, with file and
   *   line where one is not what it should be; ERR_FILE_WRITE
   */
  constructor(path: string, identity: JsonRecord, now: () => number) {
    this.path = path;
    this.now = now;
    this.began = now();
    makeFolder(path);
    const sessions = existsSync(this.file) ? this.read(identity) : 0;
    if (sessions === 0) writeFileAtomically(this.file, `${JSON.stringify({ experiment: identity })}\n`);
    this.append({ session: sessions + 1 });
  }

  /** s that all sessions took. */
  get duration(): number {
    return this.earlier + (this.now() - this.began);
  }

  /** How many lives there are from earlier sessions and this one. */
  get count(): number {
    return this.lives.size;
  }

  find(condition: string, rollout: number, keepSpeed: boolean): LifeRecord | undefined {
    const life = this.lives.get(keyOf(condition, rollout));
    return life && (!keepSpeed || life.speed) ? life : undefined;
  }

  keep(condition: string, rollout: number, life: LifeRecord): void {
    this.lives.set(keyOf(condition, rollout), life);
    const { speed, ...rest } = life;
    const at = this.now() - this.began;
    this.append({
      condition,
      rollout,
      at,
      life: { ...rest, ...(speed && { speed: encodeFloats(speed) }) },
    });
  }

  private get file(): string {
    return join(this.path, LIVES_FILE);
  }

  private append(line: object): void {
    appendText(this.file, `${JSON.stringify(line)}\n`);
  }

  /**
   * Returns the number of sessions; 0 where there are no lives yet, and nothing that others could be mixed with. A last
   * line that was cut off is dropped: a kill leaves no more than that.
   */
  private read(identity: JsonRecord): number {
    const bytes = readBytes(this.file);
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
    let sessions = 0;
    let at = 0;
    let found: JsonRecord = {};
    for (const [index, row] of whole.toString('utf8').split('\n').slice(0, -1).entries()) {
      const line = readLine(row);
      // The first says what the others are of.
      if (line === undefined || (index === 0 && !('experiment' in line))) throw this.damaged(index, row);
      if ('experiment' in line) found = line.experiment;
      else if ('session' in line) {
        sessions = line.session;
        this.earlier += at;
        at = 0;
      } else {
        at = line.at;
        const { speed, ...rest } = line.life;
        this.lives.set(keyOf(line.condition, line.rollout), {
          ...rest,
          ...(speed !== undefined && { speed: decodeFloats(speed) }),
        });
      }
    }
    if (this.lives.size === 0) return 0;
    this.requireSame(found, identity);
    this.earlier += at;
    if (whole.length < bytes.length) writeFileAtomically(this.file, whole);
    return sessions;
  }

  private damaged(index: number, row: string): HebbridgeError {
    const remedy =
      index === 0
        ? 'remove the file to begin anew'
        : 'take that line out, and what it held is lived again, or remove the file to begin anew';
    const told = row.length > 60 ? `${row.slice(0, 57)}...` : row;
    return new HebbridgeError(
      'ERR_FILE_READ',
      `${this.file}:${index + 1}: is no line of an experiment's lives: '${told}'; ${remedy}`,
    );
  }

  private requireSame(found: JsonRecord, wanted: JsonRecord): void {
    const names = [...new Set([...Object.keys(found), ...Object.keys(wanted)])];
    const differ = names.filter((name) => JSON.stringify(found[name]) !== JSON.stringify(wanted[name]));
    if (differ.length === 0) return;
    // What else differs where the robot is another follows from that.
    const told = (differ.includes('live') ? ['live'] : differ).map((name) => TOLD[name] ?? name);
    throw new HebbridgeError(
      'ERR_SETTING',
      `--out: ${this.path} holds lives of an experiment with other ${told.join(', ')}; give another folder, or ` +
        `remove ${this.file} to begin anew`,
    );
  }
}

function keyOf(condition: string, rollout: number): string {
  return `${rollout} ${condition}`;
}

function readLine(text: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function encodeFloats(values: Float32Array): string {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, k) => bytes.writeFloatLE(value, 4 * k));
  return bytes.toString('base64');
}

function decodeFloats(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length >> 2 }, (_, k) => bytes.readFloatLE(4 * k));
}
