import type { HebbianNetwork } from '../policy/hebbian-network.js';
import { copyWeights } from '../policy/network-buffers.js';
import type { WeightsMessage } from './message-map.js';

/** Fills the one message about a network's weights, each period. Allocates nothing. */
export class WeightsReporter {
  readonly message: WeightsMessage;
  private readonly network: HebbianNetwork;
  private readonly period: number;
  private reportedAt = -Infinity;

  /** `period` in s. */
  constructor(network: HebbianNetwork, period: number) {
    this.network = network;
    this.period = period;
    this.message = {
      stamp: 0,
      layers: network.layers.map(({ pre, post }) => ({ pre, post, values: new Float32Array(pre * post) })),
    };
  }

  /** Whether another message is due at `now`, s; if so, it is filled. */
  due(now: number): boolean {
    if (now - this.reportedAt < this.period) return false;
    this.reportedAt = now;
    const { message, network } = this;
    message.stamp = now;
    for (let l = 0; l < message.layers.length; l++) {
      copyWeights(network.layers[l]!, message.layers[l]!.values);
    }
    return true;
  }
}
