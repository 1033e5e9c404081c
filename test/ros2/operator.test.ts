import { expect, it } from 'vitest';
import { SAFE, pause, Onlooker } from './onlooker.js';
import { describeWithRos } from './ros-environment.js';
import { useStage } from './stage.js';

const PERIOD = 0.0165;

describeWithRos('an operator of the control node', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('is answered by its own id while the node is not configured', async () => {
    stage.control();
    const { onlooker } = stage;
    const answer = () => onlooker.answers.find(({ id }) => id === 'too-soon');
    // Again and again: it may hear before it can be heard.
    await onlooker.until('it is answered', async () => {
      await onlooker.say('hebbridge/perturb', '{"id":"too-soon","component":"sensor","type":"noise"}');
      await pause(100);
      return answer() !== undefined;
    });
    process.stderr.write('');
    expect(answer()).toMatchObject({ accepted: false, reason: 'the node is not configured' });
  });

  it.each(['service', 'topic'] as const)('freezes the weights and lets them go, by %s', async (way) => {
    const { onlooker } = stage;
    await stage.walk();
    const setFrozen = async (frozen: boolean): Promise<void> => {
      if (way === 'topic') await onlooker.say('hebbridge/freeze', frozen);
      else
        expect(await onlooker.call('hebbridge/set_frozen', { data: frozen })).toMatchObject({
          success: true,
        });
      await onlooker.until(`frozen is ${frozen}`, () => onlooker.status?.frozen === frozen);
    };
    await setFrozen(true);
    expect(onlooker.status).toMatchObject({ state: 'running', plasticity: { frozenBy: ['operator'] } });
    const before = onlooker.status!.weightRms;
    await onlooker.until('a later status', () => onlooker.status!.weightRms !== undefined && later());
    expect(onlooker.status!.weightRms).toBe(before);
    await setFrozen(false);
    await onlooker.until('the weights change', () => onlooker.status!.weightRms !== before);

    function later(): boolean {
      return onlooker.statuses.filter(({ frozen }) => frozen).length > 1;
    }
  });

  it('draws the weights anew, and the command fades in', async () => {
    const { onlooker } = stage;
    await stage.walk();
    const count = onlooker.statuses.length;
    expect(await onlooker.call('hebbridge/reset_weights')).toMatchObject({ success: true });
    await onlooker.until('it fades in', () =>
      onlooker.statuses.slice(count).some(({ state }) => state === 'fading'),
    );
    await onlooker.untilState('running');
  });

  it.each(['service', 'topic'] as const)(
    'stops the robot by %s, until the stop is cleared, through deactivation and cleanup too',
    async (way) => {
      const { onlooker } = stage;
      await stage.walk();
      const askedAt = onlooker.commands.length;
      if (way === 'topic') await onlooker.say('hebbridge/estop', true);
      else expect(await onlooker.call('hebbridge/estop')).toMatchObject({ success: true });
      await onlooker.untilState('stopped');
      await pause(10 * PERIOD * 1000);
      const after = onlooker.commands.slice(askedAt).map(({ values }) => values);
      const firstSafe = after.findIndex((values) => values.every((value) => value === 0));
      expect(after.slice(firstSafe)).toEqual(after.slice(firstSafe).map(() => SAFE));
      expect(after.length - firstSafe).toBeGreaterThan(5);
      expect(onlooker.status).toMatchObject({ latched: 'emergency stop' });

      for (const act of ['deactivate', 'cleanup', 'configure', 'activate'] as const) {
        expect(await onlooker.change(act), act).toBe(true);
      }
      await onlooker.untilState('stopped');
      const stoppedAt = onlooker.commands.length;
      // False is no way to clear it.
      await onlooker.say('hebbridge/estop', false);
      await onlooker.until('that is answered', () =>
        onlooker.answers.some(({ id, accepted }) => id === 'estop' && !accepted),
      );
      await onlooker.until('commands go on', () => onlooker.commands.length > stoppedAt + 5);
      expect(onlooker.commands.slice(stoppedAt).every(({ values }) => values.every((v) => v === 0))).toBe(
        true,
      );

      const statusesBefore = onlooker.statuses.length;
      expect(await onlooker.call('hebbridge/clear_estop')).toMatchObject({ success: true });
      await onlooker.untilState('running');
      expect(onlooker.statuses.slice(statusesBefore).map(({ state }) => state)).toContain('fading');
      expect(await onlooker.call('hebbridge/clear_estop')).toMatchObject({ success: false });
    },
  );

  it('gets a safe command within two periods of an emergency stop', async () => {
    const { onlooker } = stage;
    await stage.walk();
    const delays: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const askedAt = performance.now();
      const seen = onlooker.commands.length;
      await onlooker.say('hebbridge/estop', true);
      const isSafe = ({ values }: { values: readonly number[] }) => values.every((value) => value === 0);
      await onlooker.until('it is safe', () => onlooker.commands.slice(seen).some(isSafe));
      delays.push(onlooker.commands.slice(seen).find(isSafe)!.at - askedAt);
      await onlooker.call('hebbridge/clear_estop');
      await onlooker.untilState('running');
    }
    // The best of three: the machine has other things to do, the node has not.
    expect(Math.min(...delays)).toBeLessThan(2 * PERIOD * 1000);
  });

  it('stops a node that is not even configured, and it stays stopped', async () => {
    const { onlooker } = stage;
    stage.control();
    expect(await onlooker.call('hebbridge/estop')).toMatchObject({ success: true });
    expect(await onlooker.change('configure')).toBe(true);
    expect(await onlooker.change('activate')).toBe(true);
    await onlooker.untilState('stopped');
  });

  it('is answered that nothing can be frozen while nothing is configured', async () => {
    stage.control();
    expect(await stage.onlooker.call('hebbridge/set_frozen', { data: true })).toEqual({
      success: false,
      message: 'the node is not configured',
    });
  });

  it('perturbs a leg for a while, and is told what is active, late-comers too', async () => {
    const { onlooker } = stage;
    await stage.walk({ 'perturbation.enabled': true });
    const answer = await onlooker.perturb({
      ...{ id: 'short', component: 'leg', target: 'left_front', type: 'shorten', value: 0.1, duration: 3 },
    });
    expect(answer).toMatchObject({ id: 'short', accepted: true });
    await onlooker.until('it is active', () => onlooker.activePerturbations.at(-1) === 'short');
    await onlooker.until('the robot says so', () =>
      onlooker.answers.some(({ id, from, accepted }) => id === 'short' && from === 'robot' && accepted),
    );
    const late = await Onlooker.open(rclnodejs, stage.domain);
    await late.until('a late-comer hears', () => late.activePerturbations.length > 0);
    expect(late.activePerturbations[0]).toBe('short');
    late.close();
    await onlooker.until('it ends by itself', () => onlooker.activePerturbations.at(-1) === '');
  });

  it('is refused, by code and with what would be right, what cannot be', async () => {
    const { onlooker } = stage;
    await stage.walk({ 'perturbation.enabled': true });
    const refused = await onlooker.perturb({ id: 'x', component: 'leg', target: 'left_frontt', type: 'off' });
    expect(refused).toMatchObject({ accepted: false, code: 'ERR_PERTURBATION_TARGET' });
    expect(refused.reason).toContain('left_front');
    await onlooker.say('hebbridge/perturb', 'cut the leg');
    await onlooker.until('text that is no JSON is answered', () =>
      onlooker.answers.some(({ id, accepted }) => id === '' && !accepted),
    );
  });

  it('cannot perturb where that is not enabled', async () => {
    const { onlooker } = stage;
    await stage.walk();
    const refused = await onlooker.perturb({ id: 'x', component: 'leg', target: 'left_front', type: 'off' });
    expect(refused).toMatchObject({ accepted: false, code: 'ERR_PERTURBATION_UNSUPPORTED' });
  });
});
