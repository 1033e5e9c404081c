import { randomInt } from 'node:crypto';
import type { Clock } from '../bridge/clock.js';
import { MqttTransport, type MqttTransportOptions } from '../bridge/mqtt/index.js';
import { DeferredTransport } from '../bridge/transport/deferred-transport.js';
import { relay, REQUESTS, TELEMETRY } from '../bridge/transport/relay.js';
import type { Transport } from '../bridge/transport.js';
import { HebbridgeError } from '../policy/errors.js';
import { readBytes } from '../sim/files.js';
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
  'publishes' | 'subscribes' | 'announces' | 'clock' | 'farewell' | 'onListenerError'
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
  checkMqtt(values);
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

/** s that a robot waits at its end for the broker to hear of it. */
const ROBOT_FAREWELL = 1;

/**
 * Join a robot's `transport` with the broker that the options ask for: what is said there is heard at the broker,
 * without the control step waiting for it, and what is asked at the broker is asked there. `transport` stays its
 * owner's. Undefined: no broker is asked for. Throws as {@link connectMqtt}.
 */
export async function joinBroker(
  values: MqttValues,
  context: Pick<CommandContext, 'environment' | 'progress'>,
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
): Promise<{ readonly close: () => Promise<void> } | undefined> {
  const mqtt = await connectMqtt(values, context, {
    publishes: TELEMETRY,
    subscribes: REQUESTS,
    announces: true,
    clock,
    farewell: ROBOT_FAREWELL,
  });
  if (!mqtt) return undefined;
  const broker = new DeferredTransport(mqtt);
  const takeApart = relay(transport, broker);
  return {
    close: () => {
      takeApart();
      return broker.close();
    },
  };
}

/** A broker, without credentials. */
export interface BrokerUrl {
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

/** @throws HebbridgeError ERR_USAGE for options that contradict each other, before anything is begun */
export function checkMqtt(values: MqttValues): void {
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
