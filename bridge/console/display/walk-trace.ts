/** s that are shown. */
export const SHOWN = 60;
/** s between points. */
const SPACING = 0.05;
/** s over which the speed is taken: about a stride. */
const SPEED_WINDOW = 0.5;

export interface Marker {
  /** s, on the robot's clock. */
  readonly time: number;
  readonly text: string;
}

interface Point {
  readonly time: number;
  readonly distance: number;
  readonly speed: number;
}

/** How fast the robot went and how far it came along +x, in the last minute, and what was done to it meanwhile. */
export class WalkTrace {
  private readonly points: Point[] = [];
  private marked: Marker[] = [];
  private episode = NaN;
  private position = NaN;
  private distance = 0;
  private time = NaN;

  get markers(): readonly Marker[] {
    return this.marked;
  }

  /** The robot's clock, s; NaN before the first state. */
  get now(): number {
    return this.time;
  }

  /** Metres along +x since the page is open, over all episodes. */
  get travelled(): number {
    return this.distance;
  }

  get speed(): number {
    return this.points.at(-1)?.speed ?? NaN;
  }

  /** A state of the robot: stamp in s, x in m. */
  add(stamp: number, episode: number, x: number): void {
    // A clock that goes back is another robot's.
    if (stamp < this.time) this.clear();
    if (episode === this.episode && Number.isFinite(x) && Number.isFinite(this.position)) {
      this.distance += x - this.position;
    }
    this.episode = episode;
    this.position = x;
    this.time = stamp;
    const last = this.points.at(-1);
    // A hair less, for stamps that are multiples of it.
    if (last && stamp - last.time < SPACING - 1e-6) return;
    this.points.push({ time: stamp, distance: this.distance, speed: this.speedAt(stamp) });
    while (this.points[0]!.time < stamp - SHOWN) this.points.shift();
    this.marked = this.marked.filter(({ time }) => time >= stamp - SHOWN);
  }

  /** Something happened now. */
  mark(text: string): void {
    if (Number.isFinite(this.time)) this.marked.push({ time: this.time, text });
  }

  /** Times (s before now, negative), speeds (m/s) and distances (m), oldest first. */
  columns(): { times: number[]; speeds: number[]; distances: number[] } {
    return {
      times: this.points.map(({ time }) => time - this.time),
      speeds: this.points.map(({ speed }) => speed),
      distances: this.points.map(({ distance }) => distance),
    };
  }

  private speedAt(stamp: number): number {
    const from = this.points.findLast(({ time }) => time <= stamp - SPEED_WINDOW) ?? this.points[0];
    return from && stamp > from.time ? (this.distance - from.distance) / (stamp - from.time) : 0;
  }

  private clear(): void {
    this.points.length = 0;
    this.marked = [];
    this.episode = NaN;
    this.position = NaN;
    this.distance = 0;
  }
}
