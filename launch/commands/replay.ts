import { replayRecording, type Difference, type ReplayReport } from '../../bridge/recording/index.js';
import { defineCommand } from '../command.js';
import { durationText } from '../duration-text.js';
import { textOption } from '../options.js';
import { textTable } from '../text-table.js';

export default defineCommand({
  name: 'replay',
  describe: 'Run the controller of a recording again and compare every command, bit by bit',
  examples: [
    ['hebbridge replay walk.mcap', 'what is in it, and whether all commands are equal'],
    ['hebbridge replay walk.mcap --json', 'the same for machines; exit code 1 at the first difference'],
  ],
  positionals: {
    recording: textOption({ describe: 'A file that was written with --record (.mcap)', required: true }),
  },
  options: {},

  async run({ recording }, context) {
    const report = await replayRecording(recording, {
      onProgress: (duration, commands) =>
        context.progress(`${durationText(duration)}: ${commands} commands equal`),
    });
    const text = [
      recording,
      textTable([...report.controllers.flatMap(controllerRows), ...recordingRows(report)], 2),
      verdict(report),
    ].join('\n\n');
    return {
      json: toJson(recording, report),
      text,
      exitCode: report.difference || report.gap !== undefined ? 1 : 0,
    };
  },
});

function controllerRows({
  settings,
  bundleSha256,
  versions,
}: ReplayReport['controllers'][number]): string[][] {
  const { contract, seed, simulated = false } = settings;
  const joints = `${contract.joints.length} joints, ${contract.feet.length} feet`;
  return [
    ['recorded by', `hebbridge ${versions.hebbridge}, Node ${versions.node}`],
    ['rule bundle', `SHA-256 ${bundleSha256}`],
    ['seed', String(seed)],
    ['robot', `${joints}, ${contract.controlPeriod} s a control step${simulated ? ', simulated' : ''}`],
  ];
}

function recordingRows(report: ReplayReport): string[][] {
  const { duration, perturbations, acts } = report;
  const asked = Object.entries(acts).map(([kind, times]) => `${kind} ${times}`);
  return [
    ['duration', `${duration.toFixed(2)} s${endText(report)}`],
    ['acts', asked.join(', ') || 'none'],
    ['perturbations', perturbations.length === 0 ? 'none' : ''],
    ...perturbations.map(({ text, time, refusal }) => [
      `  asked at ${time.toFixed(2)} s`,
      refusal === '' ? text : `${text}, refused: ${refusal}`,
    ]),
  ];
}

function endText({ difference, gap, complete }: ReplayReport): string {
  if (difference) return ' to the difference';
  if (gap !== undefined) return ' to the gap';
  return complete ? '' : ', then cut off';
}

function verdict({ commands, otherMessages, difference, gap, controllers }: ReplayReport): string {
  if (!difference && gap !== undefined) {
    const equal = `${commands} commands equal bit for bit, and ${otherMessages} other messages`;
    return `${equal}; then ${gap}, and what comes after cannot be replayed`;
  }
  if (!difference) {
    return commands === 0
      ? 'no commands in it: nothing to compare'
      : `${commands} commands, all equal bit for bit; so are ${otherMessages} other messages`;
  }
  return `${commands} commands equal bit for bit, then: ${differenceText(difference, controllers.at(-1)?.startTime ?? 0)}`;
}

function differenceText({ command, time, what }: Difference, startTime: number): string {
  return `at command ${command + 1}, ${(time - startTime).toFixed(4)} s: ${what}`;
}

function toJson(recording: string, report: ReplayReport): object {
  const { controllers, difference, gap, ...rest } = report;
  return {
    recording,
    controllers: controllers.map(({ settings, bundleSha256, versions, startTime }) => ({
      bundleSha256,
      seed: settings.seed,
      simulated: settings.simulated ?? false,
      joints: settings.contract.joints.map(({ name }) => name),
      controlPeriod: settings.contract.controlPeriod,
      versions,
      startTime,
    })),
    ...rest,
    equal: difference === undefined,
    difference: difference ?? null,
    gap: gap ?? null,
  };
}
