import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startProgram } from './program.js';
import { describeWithRos } from './ros-environment.js';
import { useStage } from './stage.js';

const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-record-'));
afterAll(() => rmSync(folder, { recursive: true }));

describeWithRos('the recording of a control node', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('holds all that happened to it over ROS, so that a replay is equal bit for bit', async () => {
    const { onlooker } = stage;
    const file = path.join(folder, 'walk.mcap');
    const { node } = await stage.walk({ 'perturbation.enabled': true }, [], ['--record', file]);
    await onlooker.perturb({
      ...{ id: 'short', component: 'leg', target: 'left_front', type: 'shorten', value: 0.1 },
    });
    await onlooker.call('hebbridge/set_frozen', { data: true });
    expect(await onlooker.setParameter('goal_heading', { type: 3, double_value: 0.5 })).toBe('');
    await onlooker.say('hebbridge/goal_heading', -0.25);
    await onlooker.until('it heads there', () => onlooker.status!.goalHeading === -0.25);
    await onlooker.call('hebbridge/reset_weights');
    await onlooker.say('hebbridge/estop', true);
    await onlooker.untilState('stopped');
    await onlooker.call('hebbridge/clear_estop');
    await onlooker.untilState('running');
    // A second life of the same node.
    await onlooker.change('deactivate');
    await onlooker.change('cleanup');
    await onlooker.change('configure');
    await onlooker.change('activate');
    await onlooker.untilState('running');
    const commands = onlooker.commands.length;
    node.kill('SIGINT');
    expect(await node.ended).toBe(0);

    const replay = startProgram(stage.domain, ['replay', file, '--json']);
    expect(await replay.ended, replay.output()).toBe(0);
    const report = JSON.parse(replay.output()) as { equal: boolean; complete: boolean; commands: number };
    expect(report).toMatchObject({ equal: true, complete: true });
    expect(report.commands).toBeGreaterThanOrEqual(commands);
  });
});
