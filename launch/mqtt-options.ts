import { randomInt } from 'node:crypto';
import { MqttTransport, type MqttTransportOptions } from '../bridge/mqtt/index.js';
import { HebbridgeError } from '../policy/errors.js';
import { readBytes } from './bundle-file.js';
import type { CommandContext } from './command.js';
import { flag, parsedOption, textOption, usageError, type OptionValues } from './options.js';

/** Where the password comes from: a command line can be read by everybody on the machine. */
export const PASSWORD_VARIABLE = 'HEBBRIDGE_MQTT_PASSWORD';
const DEFAULT_ROBOT = 'robot';

/** A broker that a command takes part at, over MQTT 5. */
export const mqttOptions = {
  mqtt: parsedOption(
    { describe: 'MQTT broker to take part at, like mqtts://broker.example:8883' },
    parseBroker,
  ),
  mqttRobot: textOption({
    describe: `Name of the robot there, in topics hebbridge/NAME/...; ${DEFAULT_ROBOT} by default`,
  }),
  mqttUser: textOption({ describe: `User at the broker; the password comes from ${PASSWORD_VARIABLE}` }),
  mqttCa: textOption({ describe: 'CA that the broker is checked against (PEM); those of Node by default' }),
  mqttCert: textOption({ describe: 'Own certificate, for brokers that ask for one (PEM)' }),
  mqttKey: textOption({ describe: 'Its key (PEM)' }),
  mqttInsecure: flag({
    describe: 'Talk to a broker on another machine without TLS, where others can listen',
  }),
  mqttPatient: flag({ describe: 'Begin without the broker where it is not there, and connect when it is' }),
};

export type MqttValues = OptionValues<typeof mqttOptions>;

/** What a command wants of the broker. */
export type MqttPart = Pick<
  MqttTransportOptions,
  'publishes' | 'subscribes' | 'announces' | 'clock' | 'onListenerError'
>;

/**
 * The endpoint that the options ask for; undefined: none.
 *
 * @throws HebbridgeError ERR_USAGE for options that contradict each other, ERR_SETTING for the name of the robot,
 *   ERR_FILE_READ, and ERR_MQTT_* where the broker is not there or refuses
 */
export async function connectMqtt(
  values: MqttValues,
  { environment, progress }: Pick<CommandContext, 'environment' | 'progress'>,
  part: MqttPart,
): Promise<MqttTransport | undefined> {
  const { mqtt: broker, mqttRobot: robot = DEFAULT_ROBOT, mqttPatient: patient } = values;
  refuseContradictions(values);
  if (broker === undefined) return undefined;
  const credentials = credentialsOf(values, environment);
  return MqttTransport.connect({
    ...part,
    url: broker.url,
    robot,
    patient,
    random: () => randomInt(2 ** 32) / 2 ** 32,
    ...(credentials ? { credentials } : {}),
    ...(broker.secure ? { tls: readTls(values) } : {}),
    onBadMessage: (topic, problem) => progress(`MQTT: ${topic}: ${problem}`),
    onConnectionChange: (connected, reason) =>
      progress(connected ? `MQTT: connected to ${broker.url} as ${robot}` : `MQTT: ${reason}`),
  });
}

interface BrokerUrl {
  readonly url: string;
  readonly secure: boolean;
  /** On this machine. */
  readonly local: boolean;
}

const SCHEMES = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

function parseBroker(text: string, name: string): BrokerUrl {
  const right = 'a URL like mqtt://localhost:1883 or mqtts://broker.example:8883 (mqtt, mqtts, ws or wss)';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !SCHEMES.includes(url.protocol) || url.hostname === '') {
    throw usageError(name, text, 'the URL of a broker', right);
  }
  const { protocol, hostname, username, password, pathname, search, hash } = url;
  if (username !== '' || password !== '') {
    // Not the text: it would show the password once more.
    const instead = `--mqtt-user, and the password in the environment variable ${PASSWORD_VARIABLE}`;
    throw new HebbridgeError('ERR_USAGE', `${name}: credentials do not belong into the URL; give ${instead}`);
  }
  const overWebSocket = protocol.startsWith('ws');
  if (search !== '' || hash !== '' || (!overWebSocket && !['', '/'].includes(pathname))) {
    throw usageError(name, text, 'the URL of a broker and nothing else', right);
  }
  return {
    url: `${protocol}//${url.host}${overWebSocket ? pathname : ''}`,
    secure: protocol === 'mqtts:' || protocol === 'wss:',
    local: hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname),
  };
}

function refuseContradictions(values: MqttValues): void {
  const { mqtt: broker, mqttRobot, mqttUser, mqttCa, mqttCert, mqttKey, mqttInsecure, mqttPatient } = values;
  const usage = (message: string): HebbridgeError => new HebbridgeError('ERR_USAGE', message);
  if (broker === undefined) {
    const given = [mqttRobot, mqttUser, mqttCa, mqttCert, mqttKey].some((value) => value !== undefined);
    if (given || mqttInsecure || mqttPatient) {
      throw usage('--mqtt-...: there is no broker that this is about; give --mqtt URL');
    }
    return;
  }
  if ((mqttCert === undefined) !== (mqttKey === undefined)) {
    throw usage('--mqtt-cert, --mqtt-key: one without the other is of no use; give both');
  }
  if (!broker.secure && (mqttCa ?? mqttCert) !== undefined) {
    throw usage(
      `--mqtt: ${broker.url} is not encrypted, so certificates mean nothing; give mqtts:// or wss://`,
    );
  }
  if (!broker.secure && !broker.local && !mqttInsecure) {
    throw usage(
      `--mqtt: ${broker.url} is on another machine and not encrypted: whoever is on the way could drive the robot; ` +
        'give mqtts:// or wss://, or --mqtt-insecure',
    );
  }
}

function credentialsOf(
  { mqttUser: user }: MqttValues,
  environment: CommandContext['environment'],
): MqttTransportOptions['credentials'] {
  const password = environment[PASSWORD_VARIABLE];
  if (user === undefined) {
    if (password === undefined) return undefined;
    throw new HebbridgeError('ERR_USAGE', `${PASSWORD_VARIABLE} is set, but no user; give --mqtt-user`);
  }
  return password === undefined ? { user } : { user, password };
}

function readTls({ mqttCa, mqttCert, mqttKey }: MqttValues): NonNullable<MqttTransportOptions['tls']> {
  const pem = (file: string): string => Buffer.from(readBytes(file)).toString();
  return {
    ...(mqttCa === undefined ? {} : { ca: pem(mqttCa) }),
    ...(mqttCert === undefined ? {} : { cert: pem(mqttCert) }),
    ...(mqttKey === undefined ? {} : { key: pem(mqttKey) }),
  };
}
