import { MORPHOLOGY_NAMES, parseMorphology, type Morphology } from '../sim/ant/morphology.js';
import { parsedOption, usageError, type Option } from './options.js';

/** `--morphology right_front`: the body that a simulated Ant begins with. */
export function morphologyOption(): Option<{ readonly text: string; readonly morphology: Morphology }> {
  return parsedOption(
    { describe: 'Body from the start, like right_front or left_back:0.25', default: 'intact' },
    (text, name) => {
      const morphology = parseMorphology(text);
      if (morphology) return { text, morphology };
      throw usageError(name, text, 'a morphology', `one of ${MORPHOLOGY_NAMES.join(', ')}`);
    },
  );
}
