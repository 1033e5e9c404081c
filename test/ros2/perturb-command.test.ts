import { expect, it } from 'vitest';
import { startProgram } from './program.js';
import { describeWithRos } from './ros-environment.js';
import { useStage } from './stage.js';

describeWithRos('hebbridge perturb', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  /** Exit code and what it said. */
  async function perturb(...words: string[]) {
    const program = startProgram(stage.domain, ['perturb', '--timeout', '10', ...words]);
    return { exitCode: await program.ended, output: program.output() };
  }

  it('perturbs a walk, lists what is in effect and ends it', async () => {
    await stage.walk({ 'perturbation.enabled': true });
    expect(await perturb('leg:left_front:shorten', 'joint:left_back_hip:weak=0.5')).toEqual({
      exitCode: 0,
      output: 'leg:left_front:shorten        accepted\njoint:left_back_hip:weak=0.5  accepted\n',
    });
    const listed = await perturb('--list', '--json');
    const { active } = JSON.parse(listed.output) as { active: { id: string }[] };
    expect(active.map(({ id }) => id)).toEqual(['leg:left_front:shorten', 'joint:left_back_hip:weak=0.5']);
    await perturb('--end', 'leg:left_front:shorten');
    await stage.onlooker.until(
      'it has ended',
      () => stage.onlooker.activePerturbations.at(-1) === 'joint:left_back_hip:weak=0.5',
    );
  });

  it('says what was refused, and why', async () => {
    await stage.walk({ 'perturbation.enabled': true });
    const { exitCode, output } = await perturb('joint:no_such:off', 'joint:left_back_hip:off+1');
    expect(exitCode).toBe(1);
    expect(output).toContain(
      "refused: ERR_PERTURBATION_TARGET: no joint 'no_such'; there are left_front_hip",
    );
    expect(output).toContain('joint:left_back_hip:off+1  accepted');
  });

  it('freezes, thaws and draws weights anew', async () => {
    const { onlooker } = stage;
    await stage.walk();
    expect((await perturb('--freeze')).exitCode).toBe(0);
    await onlooker.until('it is frozen', () => onlooker.status!.frozen);
    expect((await perturb('--thaw', '--reset-weights')).exitCode).toBe(0);
    await onlooker.until('it is not frozen', () => !onlooker.status!.frozen);
  });

  it('stops the robot', async () => {
    const { onlooker } = stage;
    await stage.walk();
    expect(await perturb('--estop')).toEqual({ exitCode: 0, output: 'estop  accepted\n' });
    await onlooker.untilState('stopped');
    expect(onlooker.status!.latched).not.toBeNull();
  });

  it('stops a node that is not configured yet: it stays stopped when it is activated', async () => {
    const { onlooker } = stage;
    const node = stage.control();
    expect((await perturb('--estop')).exitCode).toBe(0);
    expect(await perturb('--freeze')).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('the node is not configured') as string,
    });
    stage.simulate();
    expect(await onlooker.change('configure')).toBe(true);
    expect(await onlooker.change('activate')).toBe(true);
    await onlooker.untilState('stopped');
    expect(node.output()).toContain('~/clear_estop clears it');
  });

  it('says that nobody is there', async () => {
    const program = startProgram(stage.domain, ['perturb', '--thaw', '--timeout', '0.5']);
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain("not answered: ERR_NO_ANSWER: no controller 'hebbridge' was found");
  });
});
