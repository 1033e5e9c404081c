import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { MessageMap } from '../../../bridge/message-map.js';
import { runCommandLine } from '../../../launch/cli.js';
import demo from '../../../launch/commands/demo.js';
import { encodeBundle } from '../../../policy/bundle/rule-bundle.js';
import { Broker, describeWithBroker, endpoint } from '../../bridge/mqtt/broker.js';
import { randomAntRules } from './ant-rules.js';
import { until } from '../../until.js';

let folder: string;
let rules: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-'));
  rules = path.join(folder, 'rules.safetensors');
  writeFileSync(rules, encodeBundle(randomAntRules()));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A demo with nothing but a broker. */
function begin(words: readonly string[]) {
  const stderr = new PassThrough();
  const interruption = new AbortController();
  const done = runCommandLine(['demo', '--rules', rules, '--no-console', '--json', ...words], {
    commands: [demo],
    version: '0.0.0',
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr,
    environment: {},
    interruption: () => interruption.signal,
    onCrash: () => undefined,
  });
  return { done, interrupt: () => interruption.abort(), said: () => String(stderr.read() ?? '') };
}

describeWithBroker('hebbridge demo at an MQTT broker', () => {
  let broker: Broker;
  beforeEach(async () => {
    broker = await Broker.start();
  });
  afterEach(() => broker.dispose());

  it('is seen and operated there, and at rest when it leaves', async () => {
    const operator = await endpoint(broker, {
      robot: 'robot',
      publishes: ['operatorRequest', 'perturbationRequest'],
    });
    const commands: number[][] = [];
    const statuses: MessageMap['status'][] = [];
    const answers: string[] = [];
    operator.subscribe('jointCommand', ({ values }) => commands.push([...values]));
    operator.subscribe('status', (status) => statuses.push(status));
    operator.subscribe('acknowledgement', ({ id, from, accepted }) =>
      answers.push(`${id} ${from} ${accepted}`),
    );
    const { done, interrupt } = begin(['--mqtt', broker.url]);
    await until(() => expect(commands.length).toBeGreaterThan(10));
    operator.publish('operatorRequest', { operation: 'goal-heading', id: 'turn', heading: 1 });
    const perturbation = { id: 'short', component: 'leg', type: 'shorten', target: 'left_back' } as const;
    operator.publish('perturbationRequest', { operation: 'begin', perturbation });
    await until(() =>
      expect(answers).toEqual(['turn controller true', 'short controller true', 'short robot true']),
    );
    await until(() =>
      expect(statuses.at(-1)).toMatchObject({ goalHeading: 1, activePerturbations: [{ id: 'short' }] }),
    );
    interrupt();
    expect(await done).toBe(0);
    await until(() => expect(statuses.at(-1)?.state).toBe('finalized'));
    expect(commands.at(-1)).toEqual(Array(8).fill(0));
    await operator.close();
  });

  it('leaves a broker that hangs', async () => {
    const { done, interrupt, said } = begin(['--mqtt', broker.url]);
    let output = '';
    await until(() => expect((output += said())).toContain('MQTT: connected'));
    broker.signal('SIGSTOP');
    interrupt();
    expect(await done).toBe(0);
    broker.signal('SIGCONT');
  });

  it('does not begin where the options make no sense, or nobody is there', async () => {
    const senseless = begin(['--mqtt-robot', 'ant']);
    expect(await senseless.done).toBe(2);
    expect(senseless.said()).toContain('give --mqtt URL');
    await broker.stop();
    const alone = begin(['--mqtt', broker.url]);
    expect(await alone.done).toBe(1);
    expect(alone.said()).toContain('ERR_MQTT_CONNECT');
  });
});
