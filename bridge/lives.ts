import { mixSeed } from '../policy/random.js';

/** Keeps the seeds of the lives of a run apart from those of weights that are drawn anew within a life. */
const WEIGHTS = 0x7e5e7;

/**
 * The lives that a policy leads one after the other, one an episode of the robot: their seeds, and where their torso
 * height counts from.
 */
export class Lives {
  private readonly seed: number;
  private readonly fixedHeight: number | undefined;
  private height = 0;
  private count = 0;
  /** Of the robot, whose life this is; NaN before its first state. */
  private episode = NaN;

  /** `seed` of the first life; `fixedHeight`: m, instead of that of the first state of each episode. */
  constructor(seed: number, fixedHeight: number | undefined) {
    this.seed = seed;
    this.fixedHeight = fixedHeight;
  }

  /** Torso height that counts as 0 in the observation, m. */
  get referenceHeight(): number {
    return this.height;
  }

  /** Of the life that begins now: the given one, then one that follows from it. */
  nextSeed(): number {
    const life = this.count++;
    return life === 0 ? this.seed : mixSeed(this.seed, life);
  }

  nextWeightSeed(): number {
    return mixSeed(this.seed, WEIGHTS + this.count++);
  }

  /** The next episode, whichever it is, is that of the life that has begun. */
  awaitEpisode(): void {
    this.episode = NaN;
  }

  /** A good state of `episode`, with the torso at `height` m. True: it is another one, and wants a life of its own. */
  enter(episode: number, height: number): boolean {
    if (episode === this.episode) return false;
    const another = !Number.isNaN(this.episode);
    this.episode = episode;
    this.height = this.fixedHeight ?? height;
    return another;
  }
}
