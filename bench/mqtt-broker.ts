import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Where Debian puts it is not in everybody's path. */
const PROGRAMS = ['mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'];
const MOST_TRIES = 500;

/** A Mosquitto on a free port of this machine, in its default settings; undefined: there is none here. */
export async function startBroker(): Promise<{ readonly url: string; stop(): Promise<void> } | undefined> {
  const program = PROGRAMS.find((name) => spawnSync(name, ['-h']).error === undefined);
  if (program === undefined) return undefined;
  const port = await freePort();
  const broker = spawn(program, ['-p', String(port)], { stdio: 'ignore' });
  const ended = once(broker, 'exit');
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > MOST_TRIES || broker.exitCode !== null) throw new Error('mosquitto does not listen');
    await setTimeout(20);
  }
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      broker.kill('SIGKILL');
      await ended;
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
