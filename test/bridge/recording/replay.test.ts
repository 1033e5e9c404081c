import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageMap } from '../../../bridge/message-map.js';
import { replayRecording } from '../../../bridge/recording/index.js';
import { decodeJson } from '../../../bridge/transport/json-messages.js';
import { awkwardJson, nested } from '../awkward-json.js';
import { controllerRig, PERIOD } from '../controller-rig.js';
import { standingAnt } from '../robot-messages.js';
import { anyStory, tell } from '../story.js';
import { walkingAnt } from '../story-states.js';
import { bundledNetwork, recorderRig } from './recorded-story.js';

/** A walk that is recorded; `during` it, whatever the test wants. Returns what was published, and the replay. */
async function recordedWalk(
  during: (rig: ReturnType<typeof controllerRig>) => void,
  options: Parameters<typeof controllerRig>[0] = {},
) {
  const { file, recorder, create } = await recorderRig();
  const rig = controllerRig({ policy: bundledNetwork(), simulated: true, ...options }, create);
  rig.start();
  during(rig);
  rig.controller.stop();
  await recorder.close();
  return { rig, file, report: await replayRecording(file) };
}

describe('a replay', () => {
  it('finds every command of any story equal', { timeout: 120_000 }, async () => {
    let commands = 0;
    await fc.assert(
      fc.asyncProperty(anyStory({ policy: 'network' }), async (story) => {
        const { file, recorder, create } = await recorderRig();
        const { moment } = tell(story, {}, { policy: bundledNetwork(), create });
        await recorder.close();
        const report = await replayRecording(file);
        expect(report.difference).toBeUndefined();
        expect(report.complete).toBe(true);
        expect(report.commands).toBe(moment.commands.length);
        commands += report.commands;
      }),
      { numRuns: 40 },
    );
    expect(commands).toBeGreaterThan(10_000);
  });

  it('finds equal what the acts of an owner led to', async () => {
    const { rig, report } = await recordedWalk((rig) => {
      const { controller, clock } = rig;
      rig.walk(20);
      controller.setFrozen(true);
      rig.walk(5);
      controller.goalHeading = 0.3;
      controller.setFrozen(false);
      rig.walk(5, () => walkingAnt(3));
      controller.resetWeights();
      rig.walk(5);
      controller.emergencyStop();
      rig.walk(5);
      controller.clearStop();
      rig.walk(5);
      controller.deactivate();
      clock.advance(1);
      controller.activate();
      rig.walk(20);
    });
    expect(report.difference).toBeUndefined();
    expect(report.commands).toBe(rig.commands.length);
    expect(report.acts).toEqual({
      activate: 2,
      'set-frozen': 2,
      'goal-heading': 1,
      'reset-weights': 1,
      'emergency-stop': 1,
      'clear-stop': 1,
      deactivate: 1,
      stop: 1,
    });
  });

  it('finds equal what a simulated body answered while it was asked', async () => {
    const { rig, report } = await recordedWalk((rig) => {
      const { transport } = rig;
      transport.subscribe('bodyPerturbation', ({ perturbation: { id } }) =>
        transport.publish('acknowledgement', { id, from: 'robot', accepted: false, reason: 'no such body' }),
      );
      rig.walk(5);
      rig.begin({ id: 'leg', component: 'leg', type: 'shorten', target: 'left_front', value: 0.1 });
      rig.walk(20);
    });
    expect(rig.passedOn).toEqual(['begin leg', 'end leg']);
    expect(report.difference).toBeUndefined();
    expect(report.commands).toBe(rig.commands.length);
  });

  it('finds equal what came of a clock that was read at uneven times, and of missed periods', async () => {
    const { rig, report } = await recordedWalk((rig) => {
      const { clock, transport } = rig;
      transport.subscribe('jointCommand', () => clock.beBusy(1e-4));
      let asleep = 0;
      transport.subscribe('robotState', () => clock.beBusy(++asleep % 7 === 0 ? 2.3 * PERIOD : 1e-5));
      rig.walk(200, () => walkingAnt(1));
      rig.publishState();
    });
    expect(rig.controller.loop.missedPeriods).toBeGreaterThan(20);
    expect(report.difference).toBeUndefined();
    expect(report.commands).toBe(rig.commands.length);
    expect(report.otherMessages).toBe(rig.statuses.length + rig.answers.length);
  });

  it('finds equal what zeros below zero and numbers that are none led to', async () => {
    const { report } = await recordedWalk((rig) => {
      const message = standingAnt();
      message.torso.orientation.set([-0, -0, -0, -1]);
      message.joints.velocity.fill(-0);
      rig.walk(20, () => message);
      message.joints.velocity.set([NaN, Infinity, -Infinity]);
      rig.walk(3, () => message);
      message.joints.velocity.fill(5e-324);
      rig.walk(20, () => message);
    });
    expect(report.difference).toBeUndefined();
    expect(report.commands).toBeGreaterThan(40);
  });

  it('finds equal the controllers that came one after the other, of which the second is still stopped', async () => {
    const { file, recorder, create } = await recorderRig();
    const first = controllerRig({ policy: bundledNetwork() }, create);
    first.start();
    first.walk(10);
    first.controller.emergencyStop();
    first.controller.stop();
    const second = controllerRig({ policy: bundledNetwork(), seed: 2, latched: 'emergency-stop' }, create);
    second.start();
    second.walk(10);
    second.controller.clearStop();
    second.walk(30);
    await recorder.close();
    const report = await replayRecording(file);
    expect(report.difference).toBeUndefined();
    expect(report.controllers.map(({ settings }) => settings.seed)).toEqual([1, 2]);
    expect(report.commands).toBe(first.commands.length + second.commands.length);
  });

  it('tells what is in the recording', async () => {
    const { report } = await recordedWalk((rig) => {
      rig.walk(10);
      rig.begin({
        id: 'a',
        component: 'sensor',
        type: 'noise',
        target: 'roll',
        value: 0.1,
        start: 2,
        duration: 5,
      });
      rig.begin({ id: 'b', component: 'sensor', type: 'drop', target: 'roll' });
      rig.walk(50);
    });
    expect(report.perturbations).toMatchObject([
      { id: 'a', text: 'sensor:roll:noise=0.1@2+5', refusal: '' },
      { id: 'b', text: 'sensor:roll:drop', refusal: expect.stringContaining("held by 'a'") as string },
    ]);
    expect(report.perturbations[0]!.time).toBeCloseTo(10 * PERIOD, 6);
    expect(report.duration).toBeCloseTo(60 * PERIOD, 6);
    expect(report.controllers[0]).toMatchObject({
      settings: { seed: 1, simulated: true, safety: { largestActionRate: Infinity } },
      versions: { hebbridge: '0.1.0', node: process.version },
      startTime: 100,
    });
  });

  it('finds equal what requests led to, whatever came with them, and loses no emergency stop', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(awkwardJson, { minLength: 4, maxLength: 4 }), async (texts) => {
        const [whole, freeze, perturbation, stop] = texts as [string, string, string, string];
        const { rig, report } = await recordedWalk((rig) => {
          const { transport } = rig;
          const ask = (topic: 'operatorRequest' | 'perturbationRequest', text: string): void => {
            const decoded = decodeJson(topic, text);
            if ('message' in decoded) transport.publish(topic, decoded.message);
          };
          rig.walk(3);
          ask('operatorRequest', whole);
          ask('perturbationRequest', whole);
          ask('operatorRequest', `{"operation":"freeze","id":"f","frozen":true,"x":${freeze}}`);
          ask('perturbationRequest', `{"id":"p","component":"leg","type":"off","x":${perturbation}}`);
          rig.walk(3);
          ask('operatorRequest', `{"operation":"emergency-stop","id":"e","x":${stop}}`);
          rig.walk(3);
        });
        expect(rig.errors).toEqual([]);
        expect(rig.controller.state.latched).toBe('emergency-stop');
        expect(rig.answers.slice(-3)).toMatchObject([
          { id: 'f', accepted: false },
          { id: 'p', accepted: false },
          { id: 'e', accepted: true },
        ]);
        expect(report).toMatchObject({ difference: undefined, gap: undefined, complete: true });
        expect(report.commands).toBe(rig.commands.length);
      }),
      { numRuns: 60 },
    );
  });

  it('goes past what could not be recorded as it was, of which the recorder tells once', async () => {
    const { file, recorder, create, troubles } = await recorderRig();
    const rig = controllerRig({ policy: bundledNetwork(), simulated: true }, create);
    rig.start();
    const ask = (request: object): void =>
      rig.transport.publish('operatorRequest', request as MessageMap['operatorRequest']);
    const round: Record<string, unknown> = { operation: 'freeze', id: 'r', frozen: true };
    round.round = round;
    rig.walk(5);
    ask(round);
    rig.walk(5);
    ask({ operation: 'emergency-stop', id: 'e', x: JSON.parse(nested(50_000)) as unknown, y: 5n });
    rig.walk(5);
    rig.controller.stop();
    await recorder.close();
    expect(rig.errors).toEqual([]);
    expect(rig.answers).toMatchObject([
      { id: 'r', accepted: false },
      { id: 'e', accepted: true },
    ]);
    expect(troubles).toEqual([
      `${file}: of a message on operatorRequest, a part holds itself and is not recorded; a text in its place says so`,
    ]);
    const report = await replayRecording(file);
    expect(report).toMatchObject({ difference: undefined, gap: undefined, complete: true });
    expect(report.commands).toBe(rig.commands.length);
  });
});
