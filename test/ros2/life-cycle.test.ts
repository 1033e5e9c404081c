import { expect, it } from 'vitest';
import { pause, SAFE } from './onlooker.js';
import { describeWithRos } from './ros-environment.js';
import { parameters, useStage } from './stage.js';

describeWithRos('the control node, a managed node of ROS 2', (rclnodejs) => {
  const stage = useStage(rclnodejs);

  it('goes through its whole life when it is told to, and acts only while it is active', async () => {
    const { onlooker } = stage;
    stage.control(parameters({ simulated: true, fade_in_time: 0.3, 'input.stale_periods': 20 }));
    stage.simulate();
    expect(await onlooker.lifeCycleState()).toBe('unconfigured');
    await onlooker.until('the robot tells its state', () => !Number.isNaN(onlooker.x));
    expect(onlooker.commands).toEqual([]);

    expect(await onlooker.change('configure')).toBe(true);
    expect(await onlooker.lifeCycleState()).toBe('inactive');
    await pause(300);
    expect(onlooker.commands).toEqual([]);

    expect(await onlooker.change('activate')).toBe(true);
    expect(await onlooker.lifeCycleState()).toBe('active');
    await onlooker.untilState('running');
    // From waiting to acting, and always by way of the fade-in.
    const states = onlooker.statuses
      .map(({ state }) => state)
      .filter((state, k, all) => state !== all[k - 1]);
    expect(states.slice(0, 2)).toEqual(['inactive', 'waiting']);
    states.forEach((state, k) => state === 'running' && expect(states[k - 1]).toBe('fading'));
    expect(onlooker.commands[0]!.values).toEqual(SAFE);
    expect(onlooker.lastCommand).not.toEqual(SAFE);

    expect(await onlooker.change('deactivate')).toBe(true);
    await onlooker.untilState('inactive');
    await onlooker.until('the safe command is the last', () => sameAsSafe(onlooker.lastCommand));
    const count = onlooker.commands.length;
    await pause(300);
    expect(onlooker.commands).toHaveLength(count);

    expect(await onlooker.change('cleanup')).toBe(true);
    expect(await onlooker.lifeCycleState()).toBe('unconfigured');

    expect(await onlooker.change('configure')).toBe(true);
    expect(await onlooker.change('activate')).toBe(true);
    await onlooker.untilState('running');
    expect(await onlooker.change('shut down active')).toBe(true);
    expect(await onlooker.lifeCycleState()).toBe('finalized');
    await onlooker.until('the safe command is the last', () => sameAsSafe(onlooker.lastCommand));
    const last = onlooker.commands.length;
    await pause(300);
    expect(onlooker.commands).toHaveLength(last);
  });

  it(
    'refuses every transition that its state has not, and lives and acts on',
    { timeout: 120_000 },
    async () => {
      const { onlooker } = stage;
      const node = stage.control(
        parameters({ simulated: true, fade_in_time: 0.3, 'input.stale_periods': 20 }),
      );
      stage.simulate();
      const ids = Array.from({ length: 100 }, (_, id) => id);
      const refuses = async (state: string, valid: readonly number[]): Promise<void> => {
        const granted: number[] = [];
        for (const id of ids) if (!valid.includes(id) && (await onlooker.changeBy(id))) granted.push(id);
        expect(granted).toEqual([]);
        for (const label of ['', 'destroy', 'create', 'transition_success', 'nonsense']) {
          expect(await onlooker.changeBy(255, label)).toBe(false);
        }
        expect(await onlooker.lifeCycleState()).toBe(state);
      };
      await refuses('unconfigured', [1, 5]);
      await onlooker.change('configure');
      await refuses('inactive', [2, 3, 6]);
      await onlooker.change('activate');
      await onlooker.untilState('running');
      const before = onlooker.commands.length;
      await refuses('active', [4, 7]);
      expect(await onlooker.changeBy(0, 'activate')).toBe(false);
      await onlooker.until('commands go on', () => onlooker.commands.length > before + 20);
      expect(onlooker.status!.state).toBe('running');
      expect(node.output()).toContain('there is no transition 3, but deactivate (4), shutdown (7)');
      expect(await onlooker.changeBy(0, 'shutdown')).toBe(true);
      await refuses('finalized', []);
    },
  );

  it('tells its states and transitions, as managed nodes do', async () => {
    const { onlooker } = stage;
    stage.control();
    const labels = async (service: Parameters<typeof onlooker.call>[0]) => {
      const { available_transitions: all } = await onlooker.call(service);
      return (all as { transition: { label: string }; start_state: { label: string } }[]).map(
        ({ transition, start_state: start }) => `${start.label}: ${transition.label}`,
      );
    };
    expect(await labels('hebbridge/get_available_transitions')).toEqual([
      'unconfigured: configure',
      'unconfigured: shutdown',
    ]);
    const graph = await labels('hebbridge/get_transition_graph');
    expect(graph).toContain('active: deactivate');
    expect(graph.length).toBeGreaterThan(20);
    const { available_states: states } = await onlooker.call('hebbridge/get_available_states');
    expect((states as { label: string }[]).map(({ label }) => label)).toContain('finalized');
  });

  it('walks', async () => {
    const { onlooker } = stage;
    await stage.walk();
    await onlooker.until('the robot is a metre further', () => onlooker.x > 1);
  });

  it('stays unconfigured with rules that cannot be read, and says why', async () => {
    const { onlooker } = stage;
    const node = stage.control(parameters({}));
    await onlooker.until('it lives', async () => (await onlooker.lifeCycleState()) === 'unconfigured');
    expect(await onlooker.setParameter('bundle', { type: 4, string_value: '/no/such/rules' })).toBe('');
    expect(await onlooker.change('configure')).toBe(false);
    expect(await onlooker.lifeCycleState()).toBe('unconfigured');
    await onlooker.until('it is said', () => /cannot configure: .*\/no\/such\/rules/.test(node.output()));
  });
});

function sameAsSafe(command: readonly number[] | undefined): boolean {
  return command?.every((value) => value === 0) ?? false;
}
