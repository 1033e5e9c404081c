import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { readScenarioFile } from '../../launch/scenario-file.js';
import { encodeBundle } from '../../policy/bundle/rule-bundle.js';
import { HebbridgeError } from '../../policy/errors.js';
import { plasticBundle } from '../policy/bundle/small-bundles.js';
import { randomAntRules } from './demo/ant-rules.js';

/** Where the scenarios of a test file are read, with bundles and logs that they can name. */
export interface ScenarioFolder {
  /** Write a file beside the scenarios. */
  readonly write: (name: string, content: string) => void;
  readonly read: (text: string) => ReturnType<typeof readScenarioFile>;
  /** What is said of a scenario, without the name of the file. */
  readonly problems: (text: string) => string[];
}

/** Call it at the top of a test file: the folder is there from the first to the last of its tests. */
export function scenarioFolder(): ScenarioFolder {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-scenario-'));
    writeFileSync(path.join(folder, 'ant.safetensors'), encodeBundle(randomAntRules()));
    writeFileSync(path.join(folder, 'strange.safetensors'), encodeBundle(plasticBundle()));
    writeFileSync(path.join(folder, 'log.jsonl'), '{"generation":1}\n');
    writeFileSync(path.join(folder, 'empty.jsonl'), '\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: string): void => writeFileSync(path.join(folder, name), content);
  const read = (text: string): ReturnType<typeof readScenarioFile> => {
    write('scenario.yaml', text);
    return readScenarioFile(path.join(folder, 'scenario.yaml'));
  };
  const problems = (text: string): string[] => {
    try {
      read(text);
    } catch (error) {
      expect(error).toBeInstanceOf(HebbridgeError);
      expect((error as HebbridgeError).code).toBe('ERR_SCENARIO');
      const said = (error as HebbridgeError).message.split('\n');
      for (const line of said) expect(line).toMatch(/scenario\.yaml:\d+: /);
      return said.map((line) => line.replaceAll(`${folder}/`, '').replace('scenario.yaml:', ''));
    }
    return [];
  };
  return { write, read, problems };
}

export const HEAD = `title: Try
bundles: { ant: ant.safetensors }
report: [{ show: distances }]
conditions:
`;
