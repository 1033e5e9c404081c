import { setTimeout } from 'node:timers/promises';
import { MonotonicClock, type Clock } from '../../bridge/clock.js';
import { OperatorClient, type Answer } from '../../bridge/operator-client.js';
import { operatorEndpoint } from '../../bridge/ros2/operator-endpoint.js';
import { HebbridgeError } from '../../policy/errors.js';
import { formatPerturbation, PERTURBATION_FORM, type Perturbation } from '../../policy/perturbation/index.js';
import { defineCommand, type CommandResult } from '../command.js';
import { readPerturbation, wishesOf, type Wish } from '../operator-wishes.js';
import { choiceOption, flag, numberOption, repeatedOption, textOption } from '../options.js';
import { readRosArguments, startRos } from '../ros-node.js';
import { textTable } from '../text-table.js';
import { NODE_NAME } from './control.js';

/** s between two looks whether something has come. */
const LOOK = 0.02;
/** s that a connection is given to be complete on the controller's side too: of that, only the controller knows. */
const SETTLE = 0.2;
/** s after which what may be asked twice is asked again. */
const INSIST = 0.1;

export default defineCommand({
  name: 'perturb',
  describe: 'Perturb a running controller, stop it or freeze its plasticity, and say what became of it',
  examples: [
    ['hebbridge perturb leg:left_front:off+5', 'no effort in a leg for 5 s'],
    ['hebbridge perturb weights:zero=0.33 plasticity:freeze', 'two of them, one after the other'],
    ['hebbridge perturb --end plasticity:freeze', 'end one; its text is its id'],
    ['hebbridge perturb --list', 'those in effect'],
    ['hebbridge perturb --estop', 'stop the robot; only ~/clear_estop lets it go again'],
  ],
  positionals: {
    text: repeatedOption(
      { describe: `Perturbations, ${PERTURBATION_FORM}, times in s since the controller was activated` },
      readPerturbation,
    ),
  },
  options: {
    transport: choiceOption({
      describe: 'How messages travel',
      choices: ['ros2'] as const,
      default: 'ros2',
    }),
    controller: textOption({
      describe: "Name of the controller's node, with its namespace if it has one",
      default: NODE_NAME,
    }),
    end: repeatedOption({ describe: 'End the perturbation of this id; repeatable' }, (id) => id),
    list: flag({ describe: 'Print the perturbations in effect' }),
    estop: flag({ describe: 'Emergency stop, latched' }),
    freeze: flag({ describe: 'Hold the weights still' }),
    thaw: flag({ describe: 'Let the weights change again' }),
    resetWeights: flag({ describe: 'Draw the weights anew, and fade in' }),
    timeout: numberOption({
      describe: 'Seconds to find the controller in, and for each of its answers',
      minimum: 0.1,
      maximum: 600,
      default: 3,
    }),
  },
  takesRosArguments: true,

  async run(values, context) {
    const wishes = wishesOf({ ...values, texts: values.text });
    if (values.list === wishes.length > 0) {
      throw new HebbridgeError(
        'ERR_USAGE',
        values.list
          ? '--list: stands alone; ask first, and list what came of it in a second call'
          : 'nothing to do: give perturbations, --end, --list, --estop, --freeze, --thaw or --reset-weights',
      );
    }
    if (values.freeze && values.thaw) {
      throw new HebbridgeError('ERR_USAGE', '--freeze and --thaw contradict each other; give one of them');
    }
    const { controller, timeout } = values;
    const clock = new MonotonicClock();
    const rclnodejs = await startRos(readRosArguments(context, 'hebbridge_operator'), context.environment);
    const node = rclnodejs.createNode('hebbridge_operator');
    const endpoint = operatorEndpoint({
      rclnodejs,
      node,
      clock,
      controller,
      onBadMessage: (topic, problem) => context.progress(`${topic}: ${problem}`),
    });
    const { transport } = endpoint;
    const client = new OperatorClient({ transport, clock, timeout });
    let connected = false;
    const connect = async (): Promise<boolean> => {
      if (connected) return true;
      connected = (await waitFor(() => endpoint.connected() || undefined, clock, timeout)) ?? false;
      if (connected) await setTimeout(SETTLE * 1000);
      return connected;
    };
    node.spin();
    try {
      if (values.list) {
        const active = await waitFor(endpoint.activePerturbations, clock, timeout);
        if (!active) throw notFound(controller, timeout, context.environment);
        return listResult(active);
      }
      const answers: Asked[] = [];
      for (const wish of wishes) {
        if (!wish.urgent && !(await connect())) {
          const { code, message: reason } = notFound(controller, timeout, context.environment);
          answers.push({ wish, answer: { id: wish.id, accepted: false, code, reason } });
          break;
        }
        const { topic, request, id, urgent, ofRobot } = wish;
        const repeatEvery = urgent ? INSIST : Infinity;
        answers.push({ wish, answer: await client.ask(topic, request, id, { ofRobot, repeatEvery }) });
      }
      return answersResult(answers);
    } finally {
      client.close();
      await transport.close();
      node.destroy();
      rclnodejs.shutdown();
    }
  },
});

interface Asked {
  readonly wish: Wish;
  readonly answer: Answer;
}

/** What `look` finds, as soon as it finds something; undefined when the time (s) is up. */
async function waitFor<Found>(
  look: () => Found | undefined,
  clock: Clock,
  timeout: number,
): Promise<Found | undefined> {
  const end = clock.now() + timeout;
  for (;;) {
    const found = look();
    if (found !== undefined || clock.now() >= end) return found;
    await setTimeout(LOOK * 1000);
  }
}

function notFound(
  controller: string,
  timeout: number,
  environment: Readonly<Record<string, string | undefined>>,
): HebbridgeError {
  const domain = environment['ROS_DOMAIN_ID'] ?? '0';
  return new HebbridgeError(
    'ERR_NO_ANSWER',
    `no controller '${controller}' was found within ${timeout} s on ROS_DOMAIN_ID ${domain}; ` +
      'start `hebbridge control`, or give its name with --controller',
  );
}

function answersResult(asked: readonly Asked[]): CommandResult {
  const rows = asked.map(({ wish, answer }) => [wish.text, outcome(answer)]);
  return {
    json: {
      answers: asked.map(({ wish, answer }) => ({ request: wish.text, ...answer })),
    },
    text: textTable(rows, 2),
    exitCode: asked.every(({ answer }) => answer.accepted) ? 0 : 1,
  };
}

function outcome({ accepted, code, reason }: Answer): string {
  if (accepted) return 'accepted';
  return `${code === 'ERR_NO_ANSWER' ? 'not answered' : 'refused'}: ${code ?? ''}: ${reason}`;
}

function listResult(active: readonly Perturbation[]): CommandResult {
  const rows = active.map((perturbation) => [perturbation.id, formatPerturbation(perturbation)]);
  return {
    json: { active },
    text: rows.length === 0 ? 'none in effect' : textTable([['id', 'perturbation'], ...rows], 2),
  };
}
