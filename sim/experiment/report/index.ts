import type { ExperimentResult } from '../result.js';
import type { ReportPart } from '../scenario.js';
import { certainty } from './certainty.js';
import { text, type Block, type Section } from './document.js';
import { htmlPage } from './html-page.js';
import { markdownPage } from './markdown-page.js';
import { coefficients } from './parts/coefficients.js';
import { components } from './parts/components.js';
import { distances } from './parts/distances.js';
import { evolutions } from './parts/evolutions.js';
import { distanceByFreezeStep } from './parts/freeze-steps.js';
import { trainingCurves } from './parts/learning-curves.js';
import { matrix } from './parts/matrix.js';
import { recovery } from './parts/recovery.js';
import { speed } from './parts/speed.js';
import { weights } from './parts/weights.js';
import { percent } from './numbers.js';
import { provenance } from './provenance.js';
import { everyCondition, verdict } from './verdict.js';

export interface Report {
  /** One page with everything in it: nothing is fetched, nothing is run. */
  readonly html: string;
  /** The same for a repository: names its pictures as files beside it. */
  readonly markdown: string;
  /** By file name: SVG as text, PNG as bytes. */
  readonly pictures: ReadonlyMap<string, string | Uint8Array>;
}

/** The report of an experiment. The same result gives the same report. */
export function renderReport(result: ExperimentResult): Report {
  const { title, paper, about } = result.scenario;
  const head = {
    title,
    subtitle:
      paper === undefined
        ? ''
        : `Repeats ${paper} of Najarro and Risi, “Meta-Learning through Hebbian Plasticity in Random Networks”, 2020.`,
    about,
  };
  const sections = sectionsOf(result);
  const { markdown, pictures } = markdownPage(head, sections);
  return { html: htmlPage(head, sections), markdown, pictures };
}

function sectionsOf(result: ExperimentResult): Section[] {
  const parts = result.scenario.report.map((part, k) => {
    const blocks = blocksOf(result, part, `${k + 1}-${part.show}`);
    return {
      title: titleOf(result, part),
      blocks: blocks.length > 0 ? blocks : [text('The lives held nothing to show here.')],
    };
  });
  return [
    { title: 'What came out', blocks: verdict(result) },
    ...parts,
    { title: 'Every condition', blocks: everyCondition(result) },
    { title: 'How sure are we', blocks: certainty(result) },
    { title: 'Where it comes from', blocks: provenance(result) },
  ].filter(({ blocks }) => blocks.length > 0);
}

const TITLES: Readonly<Record<ReportPart['show'], string>> = {
  distances: 'How far it walks',
  evolutions: 'How much of it is luck',
  'distance-by-freeze-step': 'How long it has to learn',
  speed: 'How fast it walks, step by step',
  recovery: 'How soon it walks again',
  weights: 'What its weights are',
  components: 'The way of its weights',
  matrix: 'Which damage it walks with',
  'learning-curves': 'How it was evolved',
  coefficients: 'How its coefficients are distributed',
};

/** Parts that show the same of different groups of conditions say which. */
function titleOf({ scenario, conditions }: ExperimentResult, part: ReportPart): string {
  const title = TITLES[part.show];
  if (scenario.report.filter(({ show }) => show === part.show).length === 1) return title;
  if (part.show === 'recovery') {
    const shares = new Set(scenario.report.flatMap((one) => (one.show === 'recovery' ? [one.share] : [])));
    if (shares.size > 1) return `${title}: to ${percent(part.share)} of its speed`;
  }
  if (!('conditions' in part)) return title;
  const names = part.conditions ?? [];
  const groups = new Set(
    conditions.flatMap(({ condition }) => (names.includes(condition.name) ? [condition.group] : [])),
  );
  const [group] = groups;
  return groups.size === 1 && group !== undefined ? `${title}: ${group}` : title;
}

/** `file` is for pictures, different for each part. */
function blocksOf(result: ExperimentResult, part: ReportPart, file: string): Block[] {
  switch (part.show) {
    case 'distances':
      return distances(result, file, part.conditions);
    case 'evolutions':
      return evolutions(result, file, part.conditions);
    case 'distance-by-freeze-step':
      return distanceByFreezeStep(result, file, part.conditions);
    case 'speed':
      return speed(result, file, part.window, part.conditions);
    case 'recovery':
      return recovery(result, file, part);
    case 'weights':
      return weights(result, file, part.steps, part.conditions);
    case 'components':
      return components(result, file, part.conditions);
    case 'matrix':
      return matrix(result, file, part.conditions, part.relative_to);
    case 'learning-curves':
      return trainingCurves(result, file, part.runs);
    case 'coefficients':
      return coefficients(result, file, part.bundles);
  }
}
