import type { Cancel, Clock } from '../clock.js';
import { diagnosticArray, type DiagnosedMoment } from './diagnostics.js';
import { qualityOfService, type Rclnodejs, type RosNode, type RosPublisher } from './rclnodejs.js';
import { rivalPublishers, type SoleTopics } from './rival-publishers.js';

export interface NodeDiagnosticsOptions {
  readonly rclnodejs: Rclnodejs;
  readonly node: RosNode;
  /** The machine's. */
  readonly clock: Clock;
  /** s between two reports. */
  readonly period: number;
  /** Whether `/clock` has to tell the time. */
  readonly followsClock: boolean;
  /** Called before each report. */
  readonly eachPeriod: () => void;
  readonly soleTopics: () => SoleTopics;
  readonly moment: () => Pick<DiagnosedMoment, 'bundle' | 'status' | 'partAges'>;
}

/** s of silence of `/clock` after which it is reported. */
const SILENT_CLOCK = 2;

/** Reports regularly on `/diagnostics` how a control node is, whatever state it is in. */
export class NodeDiagnostics {
  private readonly options: NodeDiagnosticsOptions;
  private readonly publisher: RosPublisher;
  private clockToldAt: number;
  private cancel: Cancel | undefined;

  /** Before the node spins. */
  constructor(options: NodeDiagnosticsOptions) {
    const { rclnodejs, node, clock } = options;
    this.options = options;
    const qos = qualityOfService(rclnodejs, { depth: 10, reliability: 'reliable', durability: 'volatile' });
    this.publisher = node.createPublisher('diagnostic_msgs/msg/DiagnosticArray', '/diagnostics', { qos });
    this.clockToldAt = clock.now();
  }

  start(): void {
    const { clock, period } = this.options;
    this.cancel = clock.callAt(clock.now() + period, () => {
      this.options.eachPeriod();
      this.report();
      this.start();
    });
  }

  stop(): void {
    this.cancel?.();
  }

  /** `/clock` has told the time. */
  noteClock(): void {
    this.clockToldAt = this.options.clock.now();
  }

  private report(): void {
    const { node, clock, followsClock, soleTopics, moment } = this.options;
    const silence = clock.now() - this.clockToldAt;
    const troubles = [
      followsClock && silence > SILENT_CLOCK ? `/clock is silent for ${silence.toFixed(0)} s` : '',
      rivalPublishers(node, soleTopics()),
    ];
    this.publisher.publish(
      diagnosticArray({
        ...moment(),
        node: `${node.namespace()}/${node.name()}`.replace('//', '/'),
        stamp: Number(node.now().nanoseconds) / 1e9,
        trouble: troubles.filter((trouble) => trouble !== '').join('; '),
      }),
    );
  }
}
