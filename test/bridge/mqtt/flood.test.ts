import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { MonotonicClock } from '../../../bridge/clock.js';
import type { MessageMap } from '../../../bridge/message-map.js';
import type { Transport } from '../../../bridge/transport.js';
import { WebSocketClientTransport } from '../../../bridge/websocket/websocket-client-transport.js';
import { until } from '../../until.js';
import { Broker, describeWithBroker, endpoint } from './broker.js';

const MAIN = fileURLToPath(new URL('../../../dist/launch/main.js', import.meta.url));
const FLOOD = fileURLToPath(new URL('flood-process.mjs', import.meta.url));

function run(words: readonly string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return { child, said: () => output };
}

/** Bytes in memory. */
const memoryOf = ({ pid }: ChildProcess): number =>
  1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString());

/** Asks for an emergency stop, and waits until it is granted. */
async function stop(operator: Transport, id: string): Promise<void> {
  const answers: MessageMap['acknowledgement'][] = [];
  operator.subscribe('acknowledgement', (answer) => answers.push(answer));
  operator.publish('operatorRequest', { operation: 'emergency-stop', id });
  const granted: unknown = expect.objectContaining({ id, from: 'controller', accepted: true });
  await until(() => expect(answers).toContainEqual(granted), 10_000);
}

describeWithBroker('a robot at a broker that one client floods', () => {
  let broker: Broker;
  beforeEach(async () => {
    broker = await Broker.start();
  });
  afterEach(() => broker.dispose());

  it.each([
    ['that it is gone', 'online', 'offline'],
    ['with requests', 'perturbation-request', '{"operation":"end","id":"zz"}'],
    ['with what only looks like emergency stops', 'operator-request', '{"id":"emergency-stop"}'],
  ])(
    '%s walks on, is stopped over MQTT and over the WebSocket, and ends when it is told to',
    async (_name, name, payload) => {
      const demo = run([MAIN, 'demo', '--port', '0', '--mqtt', broker.url]);
      const watcher = await endpoint(broker, {
        robot: 'robot',
        publishes: ['operatorRequest'],
        subscribes: ['status', 'acknowledgement'],
      });
      onTestFinished(() => watcher.close());
      let steps = 0;
      watcher.subscribe('status', (status) => (steps = status.steps));
      await until(() => expect(steps).toBeGreaterThan(0));
      const page = /http:\S+/.exec(demo.said())![0];
      const client = await WebSocketClientTransport.connect({
        url: page.replace('http', 'ws'),
        publishes: ['operatorRequest'],
        subscribes: ['acknowledgement'],
        clock: new MonotonicClock(),
        random: () => 0.5,
      });
      onTestFinished(() => client.close());
      const memory = memoryOf(demo.child);

      const flood = run([FLOOD, String(broker.port), `hebbridge/robot/${name}`, payload]);
      await until(() => expect(flood.said()).toContain('it floods'));
      // A hundred of them are two seconds.
      const before = steps;
      await until(() => expect(steps).toBeGreaterThan(before + 100), 40_000);
      await stop(watcher, 'over MQTT');
      await stop(client, 'over the WebSocket');
      expect(memoryOf(demo.child) - memory).toBeLessThan(100e6);
      expect(demo.said()).toContain('more than 200 messages a second');
      expect(flood.child.exitCode).toBeNull();

      const ended = once(demo.child, 'exit');
      demo.child.kill('SIGINT');
      await until(() => expect(demo.child.exitCode).toBe(0), 10_000);
      await ended;
    },
    120_000,
  );
});
