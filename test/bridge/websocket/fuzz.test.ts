import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Topic } from '../../../bridge/message-map.js';
import { MESSAGE_TOPICS } from '../../../bridge/websocket/channels.js';
import { Random } from '../../../policy/random.js';
import { enter, foxglove, OPERATOR, serve, TOKENS, VIEWER } from './rig.js';

const FRAMES = 100_000;
/** Frames of a connection, and how many are sent before its answers are waited for. */
const OF_CONNECTION = 2500;
const AT_ONCE = 250;
const UNBOUNDED = { frameRate: Infinity, frameBurst: Infinity, longestBacklog: Infinity, slowTime: Infinity };

const OPS = [
  'subscribe',
  'unsubscribe',
  'advertise',
  'unadvertise',
  'getParameters',
  'setParameters',
  'subscribeParameterUpdates',
  'unsubscribeParameterUpdates',
  'fetchAsset',
  '__proto__',
];
const KEYS = [
  'id',
  'op',
  'channelId',
  'subscriptions',
  'subscriptionIds',
  'channels',
  'channelIds',
  'topic',
  'encoding',
  'parameterNames',
  'parameters',
  'name',
  'value',
  'operation',
  'perturbation',
  'constructor',
];
const WORDS = [
  'json',
  '/operator_request',
  '/joint_command',
  'goal_heading',
  'freeze',
  'x'.repeat(300),
  '',
  '\u0000',
];

/** Frames that are nearly right, or not at all. */
class FrameMutations {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  next(): string | Buffer {
    const kind = this.below(6);
    if (kind === 0) return this.bytes(this.below(64));
    if (kind <= 2) return this.binaryFrame();
    const text = JSON.stringify(this.textFrame());
    if (kind === 3) return text.slice(0, this.below(text.length + 1));
    return text;
  }

  /** A header that fits, of a call or a message, and a body that may. */
  private binaryFrame(): Buffer {
    const body = Buffer.from(JSON.stringify(this.below(4) === 0 ? {} : this.value(3)));
    const header = Buffer.alloc(13);
    header[0] = [0, 1, 2, 2, 2, 3][this.below(6)]!;
    header.writeUInt32LE(this.below(12), 1);
    header.writeUInt32LE(this.below(3) === 0 ? 0xffffffff : this.below(9), 5);
    header.writeUInt32LE([4, 4, 4, 0, 64, 0xffffffff][this.below(6)]!, 9);
    const frame = Buffer.concat([header.subarray(0, header[0] === 1 ? 5 : 13), Buffer.from('json'), body]);
    return frame.subarray(0, this.below(4) === 0 ? this.below(frame.length + 1) : frame.length);
  }

  private textFrame(): unknown {
    const frame = this.value(3);
    return typeof frame === 'object' && frame !== null ? { ...frame, op: this.pick(OPS) } : frame;
  }

  private value(depth: number): unknown {
    switch (this.below(depth > 0 ? 8 : 5)) {
      case 0:
        return this.below(20);
      case 1:
        return this.pick(WORDS);
      case 2:
        return [null, true, -1, 0.5, 1e308, 2 ** 53][this.below(6)];
      case 3:
        return this.pick(OPS);
      case 4:
        return this.below(2) === 0;
      case 5:
        return Array.from({ length: this.below(6) }, () => this.value(depth - 1));
      default:
        return Object.fromEntries(
          Array.from({ length: this.below(6) }, () => [this.pick(KEYS), this.value(depth - 1)]),
        );
    }
  }

  private bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  private pick(words: readonly string[]): string {
    return words[this.below(words.length)]!;
  }

  private below(bound: number): number {
    return Math.floor(this.random.uniform() * bound);
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function mayAsk(role: string, topic: Topic, message: unknown): boolean {
  if (!['operatorRequest', 'perturbationRequest', 'simulationRequest'].includes(topic)) return false;
  return role === OPERATOR || (message as { operation?: unknown }).operation === 'emergency-stop';
}

/** Resolves when the server has dealt with everything that was sent before. */
function settled(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('pong', () => resolve());
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    socket.ping();
  });
}

describe(`${FRAMES} frames that are nearly right`, () => {
  it('crash nothing, take no memory, and ask for nothing that their sender may not', async () => {
    const faults: unknown[] = [];
    const { server, address } = await serve({
      tokens: TOKENS,
      onFault: (error) => faults.push(error),
      limits: { ...UNBOUNDED, answerTimeout: 0.01 },
      audit: () => undefined,
    });
    const heard: [Topic, unknown][] = [];
    for (const topic of MESSAGE_TOPICS) {
      server.subscribe(topic, (message) => heard.push([topic, message]));
    }
    let operatorsAsked = 0;
    const heap: number[] = [];
    for (let sent = 0, seed = 1; sent < FRAMES; seed++) {
      const role = seed % 2 === 0 ? OPERATOR : VIEWER;
      const frames = new FrameMutations(seed);
      const socket = await enter(address, role);
      socket.on('message', () => undefined);
      heard.length = 0;
      for (let k = 0; k < OF_CONNECTION; k++, sent++) {
        socket.send(frames.next());
        if (k % AT_ONCE === AT_ONCE - 1) await settled(socket);
      }
      expect(heard.filter(([topic, message]) => !mayAsk(role, topic, message))).toEqual([]);
      if (role === OPERATOR) operatorsAsked += heard.length;
      socket.terminate();
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed);
    }
    // Some of an operator's were right, or this would show nothing.
    expect(operatorsAsked).toBeGreaterThan(100);
    expect(faults).toEqual([]);
    // After the first of them, when everything is compiled.
    expect(heap.at(-1)! - heap[Math.floor(heap.length / 4)]!).toBeLessThan(4e6);
    const client = await foxglove(address, OPERATOR);
    await client.settled();
    expect(server.clients).toHaveLength(1);
  }, 240_000);
});
