// A robot's end of a broker in a process of its own (the built one), which lives until it is killed.
import { MonotonicClock } from '../../../dist/bridge/clock.js';
import { MqttTransport } from '../../../dist/bridge/mqtt/index.js';

await MqttTransport.connect({
  url: process.argv[2],
  robot: 'ant',
  publishes: ['status'],
  subscribes: ['operatorRequest'],
  announces: true,
  clock: new MonotonicClock(),
  random: () => 0.5,
  onBadMessage: (topic, problem) => process.stderr.write(`${topic}: ${problem}\n`),
});
process.stdout.write('connected\n');
