import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, vi } from 'vitest';
import { MonotonicClock } from '../../../bridge/clock.js';
import type { Topic } from '../../../bridge/message-map.js';
import { MqttTransport, type MqttTransportOptions } from '../../../bridge/mqtt/index.js';
import { exampleMessages } from '../../contract/transport-contract.js';

/** Where Debian puts it is not in everybody's path. */
const PROGRAM = [
  'mosquitto',
  '/usr/sbin/mosquitto',
  '/usr/local/sbin/mosquitto',
  '/opt/homebrew/sbin/mosquitto',
].find((program) => spawnSync(program, ['-h']).error === undefined);

/** Tests that need a real broker: skipped where there is none, and said so. */
export function describeWithBroker(name: string, tests: () => void): void {
  if (PROGRAM !== undefined) {
    describe(name, tests);
    return;
  }
  const why = 'no mosquitto here (apt-get install mosquitto)';
  process.stderr.write(`skipped: ${name}: ${why}\n`);
  describe.skip(`${name} (skipped: ${why})`, tests);
}

/** ms within which a broker starts and ends, however busy the machine is. */
const PATIENCE = 10_000;

/** A real Mosquitto, on a port of its own, with its files in a temporary folder. */
export class Broker {
  readonly port: number;
  readonly folder: string;
  private process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  /**
   * @param settings lines of mosquitto.conf; FOLDER stands for the broker's folder
   * @param prepare puts more files into that folder
   */
  static async start(
    settings: readonly string[] = ['allow_anonymous true'],
    prepare: (folder: string) => void = () => undefined,
  ): Promise<Broker> {
    const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-mqtt-'));
    prepare(folder);
    const broker = new Broker(await freePort(), folder);
    const lines = [
      `listener ${broker.port} 127.0.0.1`,
      'set_tcp_nodelay true',
      'max_queued_messages 0',
      // Else it becomes a user that may not read this folder where tests run as root.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      ...settings.map((line) => line.replaceAll('FOLDER', folder)),
    ];
    writeFileSync(broker.file('mosquitto.conf'), `${lines.join('\n')}\n`);
    await broker.restart();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** As at the first time: with its files, and without what it kept in memory. */
  async restart(): Promise<void> {
    const started = spawn(PROGRAM!, ['-c', this.file('mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    started.stderr.on('data', (text: Buffer) => (said += text.toString()));
    this.process = started;
    await vi.waitFor(
      async () => {
        if (started.exitCode !== null) throw new Error(`mosquitto ended: ${said}`);
        const socket = connect(this.port, '127.0.0.1');
        try {
          await once(socket, 'connect');
        } finally {
          socket.destroy();
        }
      },
      { timeout: PATIENCE, interval: 20 },
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.process?.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { process: running } = this;
    this.process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    // A Mosquitto that has only just begun to listen forgets that it was to end.
    const insist = setInterval(() => running.kill(signal), 100);
    await ended;
    clearInterval(insist);
  }

  async dispose(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A CA of one's own, and what it signed: `server` for 127.0.0.1, `client`; `other-ca` signed nothing. */
export function writeCertificates(folder: string): void {
  const openssl = (...words: string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const ca of ['ca', 'other-ca']) {
    const subject = ['-subj', `/CN=${ca}`, '-days', '2'];
    openssl('req', '-x509', ...newKey, '-keyout', `${ca}.key`, '-out', `${ca}.crt`, ...subject);
  }
  for (const name of ['server', 'client']) {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(path.join(folder, `${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.crt`,
      ...signed,
      '-extfile',
      `${name}.ext`,
    );
  }
}

export const ALL_TOPICS = Object.keys(exampleMessages()) as readonly Topic[];

/** Uniform in [0, 1), another one in each process. */
export const random = (): number => randomInt(2 ** 32) / 2 ** 32;

/** An endpoint that takes part in everything, comes back soon, and takes a message that cannot be read for a failure. */
export function endpoint(
  broker: Broker,
  options: Partial<MqttTransportOptions> = {},
): Promise<MqttTransport> {
  return MqttTransport.connect({
    url: broker.url,
    robot: 'ant',
    publishes: ALL_TOPICS,
    subscribes: ALL_TOPICS,
    clock: new MonotonicClock(),
    random,
    reconnect: { first: 0.05, longest: 0.2 },
    onBadMessage: (topic, problem) => {
      throw new Error(`${topic}: ${problem}`);
    },
    ...options,
  });
}
