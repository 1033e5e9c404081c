import type { RobotContract } from '../../policy/robot-contract.js';
import type { Clock } from '../clock.js';
import { CommandGuard, type GuardState } from '../command-guard.js';
import type { NodeParameters, RobotParameters } from '../parameters/index.js';
import { CallbackFaults } from './callback-faults.js';
import { qualityOfService, type Rclnodejs, type RosNode, type RosPublisher } from './rclnodejs.js';
import { Ros2Transport } from './ros2-transport.js';

export interface GuardNodeOptions {
  readonly rclnodejs: Rclnodejs;
  readonly name: string;
  /** The controller's own, so that both mean the same topic and the same joints. */
  readonly parameters: NodeParameters;
  readonly robot: RobotParameters;
  readonly contract: RobotContract;
  readonly clock: Clock;
  readonly timeoutPeriods: number;
}

/** diagnostic_msgs/DiagnosticStatus levels. */
const LEVEL: Readonly<Record<GuardState, number>> = { idle: 0, watching: 0, acting: 2 };

/** A {@link CommandGuard} as a ROS 2 node, on the topic of the controller's efforts. */
export class GuardNode {
  private readonly options: GuardNodeOptions;
  private readonly node: RosNode;
  private readonly transport: Ros2Transport;
  private readonly diagnostics: RosPublisher;
  private readonly guard: CommandGuard;
  /** Of its last acting. */
  private reason = '';
  private stopDiagnostics: (() => void) | undefined;

  constructor(options: GuardNodeOptions) {
    const { rclnodejs, name, parameters, robot, contract, clock } = options;
    this.options = options;
    this.node = rclnodejs.createNode(name);
    // Of the guard's own nothing has to come to rest: while it acts, the last command is the safe one.
    new CallbackFaults(this.node);
    const log = this.node.getLogger();
    this.transport = new Ros2Transport({
      rclnodejs,
      node: this.node,
      clock,
      robot,
      controller: '~',
      publishes: ['jointCommand'],
      subscribes: ['jointCommand'],
      commandInterface: 'effort',
      commandTopic: parameters['command.topic'],
      sensorReliability: parameters['qos.sensors'],
      commandReliability: parameters['qos.command'],
      // Of robot states, which it does not hear.
      assembly: { orientation: 'imu', footContacts: false, contactThreshold: 0.5, oldestPart: Infinity },
      onBadMessage: (topic, problem) => log.warn(`${topic}: ${problem}`),
    });
    const qos = qualityOfService(rclnodejs, { depth: 10, reliability: 'reliable', durability: 'volatile' });
    this.diagnostics = this.node.createPublisher('diagnostic_msgs/msg/DiagnosticArray', '/diagnostics', {
      qos,
    });
    this.guard = new CommandGuard({
      transport: this.transport,
      clock,
      contract: { ...contract, controlPeriod: robot.controlPeriod },
      timeoutPeriods: options.timeoutPeriods,
      onChange: (state, reason) => {
        this.reason = reason;
        if (state === 'acting')
          log.error(`${reason}: the safe command is published until commands flow again`);
        else log.warn(reason);
        this.diagnose();
      },
    });
  }

  get counts(): { readonly heard: number; readonly takeovers: number; readonly sent: number } {
    const { heard, takeovers, sent } = this.guard;
    return { heard, takeovers, sent };
  }

  start(): void {
    this.node.spin();
    const topic = this.options.parameters['command.topic'];
    this.node.getLogger().info(`watches ${topic}`);
    this.diagnoseRegularly();
  }

  async stop(): Promise<void> {
    this.stopDiagnostics?.();
    this.guard.stop();
    await this.transport.close();
    this.node.destroy();
    this.options.rclnodejs.shutdown();
  }

  private diagnoseRegularly(): void {
    const { clock, parameters } = this.options;
    this.diagnose();
    this.stopDiagnostics = clock.callAt(clock.now() + parameters.diagnostics_period, () =>
      this.diagnoseRegularly(),
    );
  }

  /** A diagnostic_msgs/DiagnosticArray (REP-107). */
  private diagnose(): void {
    const { guard, node } = this;
    const stamp = node.now().nanoseconds;
    const values = {
      state: guard.state,
      'age of command (s)': Number.isFinite(guard.silence) ? guard.silence.toFixed(3) : '-',
      'commands heard': String(guard.heard),
      takeovers: String(guard.takeovers),
      'safe commands sent': String(guard.sent),
    };
    this.diagnostics.publish({
      header: {
        stamp: { sec: Number(stamp / 1_000_000_000n), nanosec: Number(stamp % 1_000_000_000n) },
        frame_id: '',
      },
      status: [
        {
          level: LEVEL[guard.state],
          name: `${node.namespace()}/${node.name()}`.replace('//', '/') + ': guard',
          message: this.message(),
          hardware_id: '',
          values: Object.entries(values).map(([key, value]) => ({ key, value })),
        },
      ],
    });
  }

  private message(): string {
    const { state, heard } = this.guard;
    switch (state) {
      case 'acting':
        return `acting: ${this.reason}`;
      case 'watching':
        return 'watching: commands flow';
      case 'idle':
        return heard === 0 ? 'idle: no command was heard yet' : 'idle: the last command was the safe one';
    }
  }
}
