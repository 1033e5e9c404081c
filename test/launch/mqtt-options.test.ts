import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MonotonicClock } from '../../bridge/clock.js';
import { defineCommand } from '../../launch/command.js';
import { connectMqtt, mqttOptions } from '../../launch/mqtt-options.js';
import { Broker, describeWithBroker, endpoint, writeCertificates } from '../bridge/mqtt/broker.js';
import { runLine } from './command-line.js';
import { until } from '../until.js';

/** A command that takes part at a broker, says one thing there and leaves. */
const sayOnce = defineCommand({
  name: 'say-once',
  describe: 'Say one thing at a broker',
  examples: [['hebbridge say-once --mqtt mqtt://localhost', 'here']],
  positionals: {},
  options: mqttOptions,
  async run(values, context) {
    const transport = await connectMqtt(values, context, {
      publishes: ['acknowledgement'],
      subscribes: [],
      clock: new MonotonicClock(),
    });
    transport?.publish('acknowledgement', { id: 'said', from: 'robot', accepted: true, reason: '' });
    await transport?.close();
    return { json: {}, text: transport ? 'said' : 'no broker' };
  },
});

const run = (typed: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  runLine(['say-once', ...typed], { commands: [sayOnce], environment });

describe('the options of a broker', () => {
  it('are not needed', async () => {
    expect(await run([])).toMatchObject({ exitCode: 0, stdout: 'no broker\n' });
  });

  it.each([
    [
      ['--mqtt', 'localhost'],
      "--mqtt: 'localhost' is not the URL of a broker; give a URL like mqtt://localhost:1883",
    ],
    [['--mqtt', 'http://localhost'], 'is not the URL of a broker'],
    [['--mqtt', 'mqtt://localhost/robots'], 'is not the URL of a broker and nothing else'],
    [['--mqtt', 'mqtt://localhost?clientId=x'], 'is not the URL of a broker and nothing else'],
    [['--mqtt', 'mqtt://me:secret@localhost'], 'credentials do not belong into the URL; give --mqtt-user'],
    [['--mqtt-user', 'me'], 'there is no broker that this is about; give --mqtt URL'],
    [['--mqtt', 'mqtts://localhost', '--mqtt-cert', 'a.pem'], 'one without the other is of no use'],
    [['--mqtt', 'mqtt://localhost', '--mqtt-ca', 'ca.pem'], 'certificates mean nothing; give mqtts://'],
    [['--mqtt', 'mqtt://broker.example'], 'is on another machine and not encrypted'],
    [['--mqtt', 'ws://192.0.2.1/mqtt'], 'is on another machine and not encrypted'],
  ])('%j are refused before anything is connected', async (typed, reason) => {
    const { exitCode, stderr } = await run(typed);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('hebbridge: ERR_USAGE: --mqtt');
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('secret');
  });

  it('do not take a password for nobody', async () => {
    const { exitCode, stderr } = await run(['--mqtt', 'mqtt://localhost'], { HEBBRIDGE_MQTT_PASSWORD: 'x' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('HEBBRIDGE_MQTT_PASSWORD is set, but no user; give --mqtt-user');
  });

  it('name a file that cannot be read', async () => {
    const { exitCode, stderr } = await run(['--mqtt', 'mqtts://localhost', '--mqtt-ca', '/no/such/ca.pem']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERR_FILE_READ: /no/such/ca.pem: cannot be read');
  });

  it('do not take every name for a robot', async () => {
    const { exitCode, stderr } = await run(['--mqtt', 'mqtt://localhost', '--mqtt-robot', 'a/b']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("ERR_SETTING: 'a/b' is no name of a robot");
  });
});

describeWithBroker('a command that takes part at a broker', () => {
  let broker: Broker;
  afterEach(() => broker.dispose());

  it('says what it has to say under the name of the robot', async () => {
    broker = await Broker.start();
    const watcher = await endpoint(broker, { robot: 'ant-7' });
    const ids: string[] = [];
    watcher.subscribe('acknowledgement', ({ id }) => ids.push(id));
    const { exitCode, stderr } = await run(['--mqtt', broker.url, '--mqtt-robot', 'ant-7']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `MQTT: connected to ${broker.url} as ant-7\n`,
    });
    await until(() => expect(ids).toEqual(['said']));
    await watcher.close();
  });

  it('shows password and certificates where they are asked for', async () => {
    broker = await Broker.start(
      [
        'allow_anonymous false',
        'password_file FOLDER/passwords',
        'cafile FOLDER/ca.crt',
        'certfile FOLDER/server.crt',
        'keyfile FOLDER/server.key',
        'require_certificate true',
      ],
      (folder) => {
        writeCertificates(folder);
        const passwords = path.join(folder, 'passwords');
        writeFileSync(passwords, 'robot:right\n', { mode: 0o600 });
        execFileSync('mosquitto_passwd', ['-U', passwords]);
      },
    );
    const typed = ['--mqtt', broker.url.replace('mqtt:', 'mqtts:'), '--mqtt-user', 'robot'];
    for (const [option, name] of Object.entries({ ca: 'ca.crt', cert: 'client.crt', key: 'client.key' })) {
      typed.push(`--mqtt-${option}`, broker.file(name));
    }
    expect(await run(typed, { HEBBRIDGE_MQTT_PASSWORD: 'right' })).toMatchObject({
      exitCode: 0,
      stdout: 'said\n',
    });
    const refused = await run(typed, { HEBBRIDGE_MQTT_PASSWORD: 'wrong' });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('ERR_MQTT_REFUSED');
  });

  it('says that there is no broker, unless it is patient', async () => {
    broker = await Broker.start();
    await broker.stop();
    const impatient = await run(['--mqtt', broker.url]);
    expect(impatient.exitCode).toBe(1);
    expect(impatient.stderr).toContain('ERR_MQTT_CONNECT');
    expect(await run(['--mqtt', broker.url, '--mqtt-patient'])).toMatchObject({
      exitCode: 0,
      stdout: 'said\n',
    });
  });
});
