import path from 'node:path';
import { writeFileAtomically } from '../../sim/atomic-file.js';
import { livesCsv, resultsJson, speedCsv } from '../../sim/experiment/result-files.js';
import type { ExperimentResult } from '../../sim/experiment/result.js';
import { makeFolder } from '../../sim/files.js';

/** Write everything that is known of an experiment into `folder`. Throws ERR_FILE_WRITE. */
export async function writeResults(result: ExperimentResult, folder: string): Promise<void> {
  // Loaded when it is needed: plotting takes as long to load as all the rest of the program.
  const { renderReport } = await import('../../sim/experiment/report/index.js');
  const { html, markdown, pictures } = renderReport(result);
  const files = new Map<string, string | Uint8Array>([
    ['report.html', html],
    ['report.md', markdown],
    ...pictures,
    ['results.json', `${JSON.stringify(resultsJson(result), null, 2)}\n`],
    ['lives.csv', livesCsv(result)],
  ]);
  const speed = speedCsv(result);
  if (speed !== undefined) files.set('speed.csv', speed);
  for (const [name, contents] of files) {
    const file = path.join(folder, name);
    makeFolder(path.dirname(file));
    writeFileAtomically(file, contents);
  }
}
