import { beforeAll, expect, it } from 'vitest';
import { ManualClock } from '../../../bridge/clock.js';
import { replayRecording } from '../../../bridge/recording/index.js';
import { DemoKeys } from '../../../launch/demo/demo-keys.js';
import { SimulatedWalk } from '../../../launch/demo/simulated-walk.js';
import { loadRapier } from '../../../sim/rapier.js';
import { AntRobot } from '../../../sim/robot/ant-robot.js';
import { recorderRig } from '../../bridge/recording/recorded-story.js';
import { offered, randomAntRules } from './ant-rules.js';

beforeAll(loadRapier);

it('a recorded walk replays to the bit over restarts with other rules', async () => {
  const { recorder, file, troubles } = await recorderRig();
  const clock = new ManualClock();
  const walk = new SimulatedWalk({
    robot: new AntRobot(),
    morphology: 'intact',
    bundles: [offered('narrow', randomAntRules()), offered('wide', randomAntRules([28, 32, 8]))],
    clock,
    seed: 4,
    statusPeriod: 1,
    createController: (options, { bytes }) => recorder.control(options, bytes),
  });
  let commands = 0;
  walk.operator.subscribe('jointCommand', () => commands++);
  const keys = new DemoKeys(walk, () => undefined);
  const restart = (bundle: string): void =>
    walk.operator.publish('simulationRequest', { operation: 'restart', id: `to-${bundle}`, bundle });
  walk.start();
  clock.advance(1);
  keys.press('1');
  restart('wide');
  clock.advance(1);
  keys.press(' ');
  restart('narrow');
  clock.advance(0.5);
  keys.press('c');
  clock.advance(1);
  await walk.stop();
  await recorder.close();
  expect(troubles).toEqual([]);
  const report = await replayRecording(file);
  expect(report).toMatchObject({ complete: true, difference: undefined, commands });
  expect(commands).toBeGreaterThan(200);
  const [first, second, third] = report.controllers.map(({ bundleSha256 }) => bundleSha256);
  expect([first, second, third]).toEqual([third, expect.not.stringContaining(first!), first]);
});
