import type { ExperimentResult } from '../result.js';
import { list, type Block } from './document.js';
import { CONTROL_PERIOD, duration, plural } from './numbers.js';
import { outcomeOf, verdictOf } from './outcome.js';

/** What the numbers rest on, and what they do not tell. */
export function certainty(result: ExperimentResult): Block[] {
  const { scenario, conditions, live, intendedRollouts } = result;
  if (conditions.length === 0) {
    return [
      list([
        'No lives were lived for this report: it is about logs and coefficients of evolution runs.',
        'Distances of training curves are means over the few fresh lives of each validation.',
      ]),
    ];
  }
  const lives = conditions.map((condition) => condition.lives.length);
  const [fewest, most] = [Math.min(...lives), Math.max(...lives)];
  const counted = fewest === most ? plural(most, 'life', 'lives') : `${fewest} to ${most} lives`;
  const compared = conditions
    .map(outcomeOf)
    .filter(({ distance, condition: { expected } }) =>
      expected && !expected.at_least ? verdictOf(distance, expected) !== undefined : false,
    ).length;
  return [
    list([
      ...(intendedRollouts === undefined || intendedRollouts <= most
        ? []
        : [
            `A quick look: the scenario itself asks for ${plural(intendedRollouts, 'life', 'lives')} a condition.`,
          ]),
      `${counted} in each of ${plural(conditions.length, 'condition')}, of ` +
        `${plural(scenario.steps, 'control step')} (${duration(scenario.steps * CONTROL_PERIOD)}) or until a fall. ` +
        `Seeds follow from ${scenario.seed}; a life has the same one in every condition, so that conditions ` +
        'do not differ by the luck of their initial weights.',
      live === undefined
        ? `The simulator is ${scenario.simulator}; the same seeds give the same bits on the same versions.`
        : `It ran in real time against the bridge at ${live}; what a network does to messages is in the numbers.`,
      'Intervals of means are 95 % confidence intervals by Student’s t over lives; those of shares are Wilson’s score ' +
        'intervals; bands of curves hold at each point by itself. ± is the standard deviation over lives.',
      ...(most < 2 ? ['One life tells nothing of the spread: there are no intervals.'] : []),
      'An interval tells what other lives of these very rules in this simulator would come to. It does not tell what ' +
        'other evolution runs would find, nor what a real robot would do.',
      ...(compared === 0
        ? []
        : [
            'An expected mean is taken as it stands, as if it were exact, though it was measured over a finite number of ' +
              `lives too, in another simulator. Of ${plural(compared, 'comparison')}, one in 20 would by chance alone ` +
              'fall outside its interval.',
          ]),
    ]),
  ];
}
