import type { HebbianNetwork } from '../../policy/hebbian-network.js';
import type { HealthBounds, SafetySettings } from './safety-settings.js';

/** What the worst indicator calls for. */
export type Health = 'healthy' | 'freeze' | 'damp' | 'stop';

/** An output beyond this counts as saturated. */
const SATURATED = 0.99;
/** s between measurements of drift and saturation. */
const WINDOW = 1;

type Bounds = Pick<SafetySettings, 'weightRms' | 'weightDrift' | 'saturation' | 'settleTime'>;

/**
 * Watches what plasticity does to a network: the norm of its weights in every control step, their drift and the
 * saturation of its outputs once a second. Past a bound it calls for freezing, damping, stopping. Measuring
 * allocates nothing; only `describe` does.
 */
export class PlasticityHealth {
  private readonly network: HebbianNetwork | undefined;
  private readonly bounds: Bounds;
  private rms = NaN;
  private lifeBegan = 0;
  private windowBegan = NaN;
  private rmsAtWindow = NaN;
  private outputs = 0;
  private saturated = 0;
  private lastDrift = NaN;
  private lastSaturation = NaN;

  constructor(network: HebbianNetwork | undefined, bounds: Bounds) {
    this.network = network;
    this.bounds = bounds;
  }

  /** Root mean square of all weights at the last measurement. */
  get weightRms(): number {
    return this.rms;
  }

  /** 1/s, over the last whole window; NaN before. */
  get drift(): number {
    return this.lastDrift;
  }

  /** In [0, 1], over the last whole window; NaN before. */
  get saturation(): number {
    return this.lastSaturation;
  }

  /** The weights are others, all at once: a life begins at `now`. */
  reset(now: number): void {
    this.rms = NaN;
    this.lifeBegan = now;
    this.windowBegan = NaN;
    this.lastDrift = NaN;
    this.lastSaturation = NaN;
  }

  /** Before a control step. */
  measure(now: number): Health {
    if (!this.network) return 'healthy';
    this.rms = this.network.weightRms();
    if (Number.isNaN(this.windowBegan)) this.beginWindow(now);
    else if (now - this.windowBegan >= WINDOW) this.endWindow(now);
    // Not a number is past every bound.
    if (!Number.isFinite(this.rms)) return 'stop';
    return worse(
      judge(this.rms, this.bounds.weightRms),
      worse(
        judge(this.lastDrift, this.bounds.weightDrift),
        judge(this.lastSaturation, this.bounds.saturation),
      ),
    );
  }

  /** After a control step: what the policy answered. */
  record(action: Float32Array): void {
    for (let j = 0; j < action.length; j++) if (Math.abs(action[j]!) > SATURATED) this.saturated++;
    this.outputs += action.length;
  }

  /** Which indicators are past a bound, with their values. */
  describe(): string {
    const { weightRms, weightDrift, saturation } = this.bounds;
    const parts = [
      told('weights of', this.rms, 'rms', weightRms),
      told('a drift of', this.lastDrift, '1/s', weightDrift),
      told('a share of saturated outputs of', this.lastSaturation, '', saturation),
    ];
    return parts.filter((part) => part !== '').join('; ');
  }

  private beginWindow(now: number): void {
    this.windowBegan = now;
    this.rmsAtWindow = this.rms;
    this.outputs = 0;
    this.saturated = 0;
  }

  private endWindow(now: number): void {
    // A policy that did not act has not become healthy by that: what is known of it stays until the weights are reset.
    if (this.outputs > 0) {
      const settled = this.windowBegan - this.lifeBegan >= this.bounds.settleTime;
      const change = Math.abs(this.rms - this.rmsAtWindow) / (now - this.windowBegan);
      this.lastDrift = settled ? change / Math.max(this.rmsAtWindow, Number.MIN_VALUE) : NaN;
      this.lastSaturation = this.saturated / this.outputs;
    }
    this.beginWindow(now);
  }
}

/** NaN is not measured yet, so past nothing. */
function judge(value: number, { freeze, damp, stop }: HealthBounds): Health {
  if (value > stop) return 'stop';
  if (value > damp) return 'damp';
  return value > freeze ? 'freeze' : 'healthy';
}

const LADDER: readonly Health[] = ['healthy', 'freeze', 'damp', 'stop'];

function worse(a: Health, b: Health): Health {
  return LADDER.indexOf(a) > LADDER.indexOf(b) ? a : b;
}

function told(what: string, value: number, unit: string, bounds: HealthBounds): string {
  const found = judge(value, bounds);
  if (Number.isFinite(value) && found === 'healthy') return '';
  if (Number.isNaN(value) && unit !== 'rms') return '';
  const bound = bounds[found === 'healthy' ? 'freeze' : found];
  return [what, Number.isFinite(value) ? value.toPrecision(3) : String(value), unit, `(at most ${bound})`]
    .filter((part) => part !== '')
    .join(' ');
}
