import { expect, it } from 'vitest';
import { ANT_CONTRACT } from '../../policy/robot-contract.js';
import { pause, SAFE } from './onlooker.js';
import { startProgram } from './program.js';
import { describeWithRos } from './ros-environment.js';
import { parameters, useStage } from './stage.js';

const TIMEOUT_PERIODS = 5;
/** ms */
const TIMEOUT = 1000 * TIMEOUT_PERIODS * ANT_CONTRACT.controlPeriod;
/** ms that a busy machine may add to it. */
const DELAY = 500;

const moves = (values: readonly number[]): boolean => values.some((value) => value !== 0);

describeWithRos('a guard beside the control node', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  async function guardedWalk() {
    const { onlooker, domain } = stage;
    const guard = startProgram(domain, ['guard', '--timeout-periods', String(TIMEOUT_PERIODS)]);
    const watches = () => onlooker.diagnoses.findLast(({ name }) => name === '/hebbridge_guard: guard');
    await onlooker.until('the guard is there', () => watches() !== undefined);
    const { node } = await stage.walk();
    await onlooker.until('the guard watches a walk', () => watches()?.message === 'watching: commands flow');
    await onlooker.until('it acts', () => moves(onlooker.lastCommand!));
    return { guard, node, diagnosis: watches };
  }

  it('says the safe command when the node is killed in the middle of a walk, and until a new one speaks', async () => {
    const { onlooker } = stage;
    const { node, guard, diagnosis } = await guardedWalk();
    node.kill('SIGKILL');
    await node.ended;
    await pause(TIMEOUT + DELAY);
    const lastOfNode = onlooker.commands.findLastIndex(({ values }) => moves(values));
    const ofGuard = onlooker.commands.slice(lastOfNode + 1);
    expect(ofGuard.length).toBeGreaterThan(10);
    expect(ofGuard.map(({ values }) => values)).toEqual(ofGuard.map(() => SAFE));
    const silence = ofGuard[0]!.at - onlooker.commands[lastOfNode]!.at;
    expect(silence).toBeGreaterThan(0.8 * TIMEOUT);
    expect(silence).toBeLessThan(TIMEOUT + DELAY);
    expect(diagnosis()!.level).toBe(2);
    expect(diagnosis()!.message).toMatch(/^acting: no command for/);
    expect(guard.output()).toContain('the safe command is published until commands flow again');

    stage.control(parameters({ autostart: true, simulated: true }));
    await onlooker.until('a new node walks', () => moves(onlooker.lastCommand!));
    await onlooker.until('the guard gives back', () => diagnosis()?.level === 0);
    guard.kill('SIGTERM');
    expect(await guard.ended).toBe(0);
    expect(guard.output()).toContain('took over 1 times');
  });

  it('says the safe command while the node hangs, and nothing once it goes on', async () => {
    const { onlooker } = stage;
    const { node, guard, diagnosis } = await guardedWalk();
    node.kill('SIGSTOP');
    await onlooker.until('the guard acts', () => diagnosis()?.level === 2);
    expect(onlooker.lastCommand).toEqual(SAFE);
    node.kill('SIGCONT');
    await onlooker.until('the node walks again', () => moves(onlooker.lastCommand!));
    await pause(DELAY);
    guard.kill('SIGTERM');
    expect(await guard.ended).toBe(0);
    const sent = Number(/(\d+) safe commands published/.exec(guard.output())?.[1]);
    expect(sent).toBeGreaterThan(0);
    expect(guard.output()).toMatch(/commands flow again|the controller says the safe command itself/);
  });

  it('says nothing when the node ends as it should', async () => {
    const { onlooker } = stage;
    const { node, guard, diagnosis } = await guardedWalk();
    node.kill('SIGTERM');
    await node.ended;
    await onlooker.until(
      'the guard rests',
      () => diagnosis()?.message === 'idle: the last command was the safe one',
    );
    const commands = onlooker.commands.length;
    await pause(TIMEOUT + DELAY);
    expect(onlooker.commands).toHaveLength(commands);
    guard.kill('SIGTERM');
    await guard.ended;
    expect(guard.output()).toContain('took over 0 times, 0 safe commands published');
  });
});
