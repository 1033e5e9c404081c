import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import mqtt from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import type { MqttTransportOptions } from '../../../bridge/mqtt/index.js';
import { exampleMessages } from '../../contract/transport-contract.js';
import { until } from '../../until.js';
import { Broker, describeWithBroker, endpoint, writeCertificates } from './broker.js';

const failure = async (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

describeWithBroker('an MQTT broker that lets not everybody in', () => {
  let broker: Broker;
  afterEach(() => broker.dispose());

  /** The users robot and operator with the password `right`; where rights are given, nobody has others. */
  const withPasswords = (rights?: readonly string[]): Promise<Broker> => {
    const settings = ['allow_anonymous false', 'password_file FOLDER/passwords'];
    if (rights) settings.push('acl_file FOLDER/rights');
    return Broker.start(settings, (folder) => {
      const passwords = path.join(folder, 'passwords');
      writeFileSync(passwords, 'robot:right\noperator:right\n', { mode: 0o600 });
      execFileSync('mosquitto_passwd', ['-U', passwords]);
      if (rights) writeFileSync(path.join(folder, 'rights'), `${rights.join('\n')}\n`, { mode: 0o600 });
    });
  };

  describe('because of a password', () => {
    it('takes the right one', async () => {
      broker = await withPasswords();
      const robot = await endpoint(broker, { credentials: { user: 'robot', password: 'right' } });
      expect(robot.isConnected).toBe(true);
      await robot.close();
    });

    it.each([
      ['a wrong one', { credentials: { user: 'robot', password: 'wrong' } }],
      ['none', {}],
    ])('refuses %s at once, and the error says what to look at', async (_name, options) => {
      broker = await withPasswords();
      const error = await failure(endpoint(broker, options));
      expect(error).toMatchObject({ code: 'ERR_MQTT_REFUSED', exitCode: 1 });
      expect((error as Error).message).toMatch(
        /^mqtt:\/\/127\.0\.0\.1:\d+: .*[Nn]ot authorized.*check user name/,
      );
      expect((error as Error).message).not.toContain('wrong');
    });

    it('is tried again by an endpoint that is patient, until it takes it', async () => {
      broker = await withPasswords();
      const reasons: string[] = [];
      const robot = await endpoint(broker, {
        patient: true,
        credentials: { user: 'newcomer', password: 'right' },
        onConnectionChange: (_connected, reason) => reasons.push(reason),
      });
      await until(() => expect(reasons[0]).toContain('ot authorized'));
      execFileSync('mosquitto_passwd', ['-b', broker.file('passwords'), 'newcomer', 'right']);
      broker.signal('SIGHUP');
      await until(() => expect(robot.isConnected).toBe(true));
      await robot.close();
    });
  });

  it('tells an endpoint of what it did not take', async () => {
    broker = await withPasswords([
      'user robot',
      'topic readwrite hebbridge/#',
      'user operator',
      'topic write hebbridge/ant/operator-request',
    ]);
    const robot = await endpoint(broker, { credentials: { user: 'robot', password: 'right' } });
    const refused: string[] = [];
    const operator = await endpoint(broker, {
      credentials: { user: 'operator', password: 'right' },
      onBadMessage: (topic, problem) => refused.push(`${topic}: ${problem}`),
    });
    const heard: unknown[] = [];
    robot.subscribe('simulationRequest', () => heard.push('a restart'));
    robot.subscribe('operatorRequest', ({ operation }) => heard.push(operation));
    operator.publish('simulationRequest', exampleMessages().simulationRequest);
    operator.publish('operatorRequest', { operation: 'emergency-stop', id: 'stop' });
    await until(() => expect(heard).toEqual(['emergency-stop']));
    await until(() =>
      expect(refused).toEqual(['hebbridge/ant/simulation-request: Publish error: Not authorized']),
    );
    await operator.close();
    await robot.close();
  });

  it('is not fed what is larger than it takes', async () => {
    broker = await Broker.start(['allow_anonymous true', 'max_packet_size 20000']);
    const refused: string[] = [];
    const robot = await endpoint(broker, {
      onBadMessage: (topic, problem) => refused.push(`${topic}: ${problem}`),
    });
    const ids: string[] = [];
    robot.subscribe('acknowledgement', ({ id }) => ids.push(id));
    const { acknowledgement } = exampleMessages();
    robot.publish('acknowledgement', { ...acknowledgement, reason: 'x'.repeat(30_000) });
    robot.publish('acknowledgement', { ...acknowledgement, id: 'the next' });
    await until(() => expect(ids).toEqual(['the next']));
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(
      /^hebbridge\/ant\/acknowledgement: 30\d\d\d bytes are more than the broker takes$/,
    );
    await robot.close();
  });

  it('sends us nothing that is larger than we read', async () => {
    broker = await Broker.start();
    const robot = await endpoint(broker, { subscribes: ['operatorRequest'] });
    const heard: unknown[] = [];
    robot.subscribe('operatorRequest', (request) => heard.push(request));
    const stranger = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
    await stranger.publishAsync('hebbridge/ant/operator-request', Buffer.alloc(1e6), { qos: 1 });
    await stranger.publishAsync('hebbridge/ant/operator-request', '{"id":"small"}', { qos: 1 });
    await until(() => expect(heard).toEqual([{ id: 'small' }]));
    await stranger.endAsync();
    await robot.close();
  });

  describe('because of certificates', () => {
    const withTls = (...settings: string[]): Promise<Broker> =>
      Broker.start(
        [
          'allow_anonymous true',
          'cafile FOLDER/ca.crt',
          'certfile FOLDER/server.crt',
          'keyfile FOLDER/server.key',
          ...settings,
        ],
        writeCertificates,
      );
    const pem = (name: string): string => readFileSync(broker.file(name), 'utf8');
    const overTls = (options: Partial<MqttTransportOptions>): Partial<MqttTransportOptions> => ({
      url: broker.url.replace('mqtt:', 'mqtts:'),
      ...options,
    });

    it('is trusted when the CA that was given signed for it', async () => {
      broker = await withTls();
      const robot = await endpoint(broker, overTls({ tls: { ca: pem('ca.crt') } }));
      const ids: string[] = [];
      robot.subscribe('acknowledgement', ({ id }) => ids.push(id));
      robot.publish('acknowledgement', { ...exampleMessages().acknowledgement, id: 'in secret' });
      await until(() => expect(ids).toEqual(['in secret']));
      await robot.close();
    });

    it.each([
      ['another CA was given', (): object => ({ ca: pem('other-ca.crt') })],
      ['no CA was given', (): object => ({})],
      ['the CA that was given is none', (): object => ({ ca: 'not a certificate' })],
    ])('is not trusted when %s', async (_name, tls) => {
      broker = await withTls();
      const error = await failure(endpoint(broker, overTls({ tls: tls() })));
      expect(error).toMatchObject({
        code: 'ERR_MQTT_TLS',
        message: expect.stringContaining('mqtts://127.0.0.1') as unknown,
      });
    });

    it('is not trusted under another name', async () => {
      broker = await withTls();
      const url = `mqtts://localhost:${broker.port}`;
      const error = await failure(endpoint(broker, { url, tls: { ca: pem('ca.crt') } }));
      expect(error).toMatchObject({
        code: 'ERR_MQTT_TLS',
        message: expect.stringContaining('altnames') as unknown,
      });
    });

    it('asks for ours, and is shown it', async () => {
      broker = await withTls('require_certificate true');
      const [ca, cert, key] = [pem('ca.crt'), pem('client.crt'), pem('client.key')];
      const error = await failure(endpoint(broker, overTls({ tls: { ca } })));
      expect(error).toMatchObject({ code: 'ERR_MQTT_TLS' });
      const robot = await endpoint(broker, overTls({ tls: { ca, cert, key } }));
      expect(robot.isConnected).toBe(true);
      await robot.close();
    });

    it('is not reached without TLS', async () => {
      broker = await withTls();
      expect(await failure(endpoint(broker))).toMatchObject({ code: 'ERR_MQTT_CONNECT' });
    });
  });

  it('is told apart from one that is not there, and from one that never answers', async () => {
    broker = await Broker.start();
    await broker.stop();
    expect(await failure(endpoint(broker))).toMatchObject({
      code: 'ERR_MQTT_CONNECT',
      message: expect.stringContaining('ECONNREFUSED') as unknown,
    });
    await broker.restart();
    broker.signal('SIGSTOP');
    expect(await failure(endpoint(broker, { connectTimeout: 0.2 }))).toMatchObject({
      code: 'ERR_MQTT_CONNECT',
    });
  });
});
