import { conditionsOf, type ExperimentResult, type FirstLife } from '../../result.js';
import { text, type Block, type Image } from '../document.js';
import { significant } from '../numbers.js';
import { colourBar, halfColour, rootMeanSquare, weightColours, weightImage } from '../weight-image.js';

/** Pixels of the longer side of a matrix. */
const SIDE = 256;
/** More images than these in a row are shown at half their size. */
const MOST_LARGE = 6;

/** Weights as images at some control steps, of the first life of each condition; the paper's Fig. 1, 4 and 6. */
export function weights(
  result: ExperimentResult,
  file: string,
  steps: readonly number[],
  names?: readonly string[],
): Block[] {
  const shown = conditionsOf(result, names).flatMap(({ condition, first }) =>
    first && first.snapshots.length > 0 ? [{ name: condition.name, first }] : [],
  );
  if (shown.length === 0) return [];
  return [
    text(
      'Each pixel is a synapse: blue for a weight below 0, white for 0, red above. The colours of a layer are the same ' +
        'at all control steps; rms is the root mean square of its weights. A control step is shown as it begins: what ' +
        'was perturbed is in effect, its plastic update is not.',
    ),
    ...shown.map(({ name, first }, k) => images(name, first, steps, `${file}-${k + 1}`)),
  ];
}

function images(name: string, { snapshots }: FirstLife, steps: readonly number[], file: string): Block {
  const wanted = snapshots.filter(({ step }) => steps.includes(step)).sort((a, b) => a.step - b.step);
  const layers = wanted[0]?.layers ?? [];
  const scale = wanted.length > MOST_LARGE ? 0.5 : 1;
  const bar = colourBar(121, 10);
  return {
    kind: 'images',
    caption: `${name}: weights of its first life`,
    columns: wanted.map(({ step }) => `step ${step}`),
    rows: layers.map(({ pre, post }, layer) => {
      const colours = weightColours(wanted.map((snapshot) => snapshot.layers[layer]!.values));
      const zoom = Math.max(1, Math.round(SIDE / Math.max(pre, post)));
      const sides =
        post > pre ? `${pre} pre across, ${post} post down` : `${post} post across, ${pre} pre down`;
      return {
        title: `Layer ${layer + 1}`,
        note:
          `${sides}. Full colour at ±${significant(colours.limit)}, half of it at ±${significant(halfColour(colours))}` +
          (colours.roots ? ': colours follow fourth roots.' : '.'),
        key: {
          ...bar,
          file: 'weight-colours',
          alt: 'From blue, below 0, over white to red, above 0',
          note: '',
        },
        images: wanted.map(({ step, layers: matrices }): Image => {
          const { png, width, height } = weightImage(matrices[layer]!, colours, zoom);
          const rms = significant(rootMeanSquare(matrices[layer]!.values));
          return {
            file: `${file}-layer-${layer + 1}-step-${step}`,
            alt: `${name}, layer ${layer + 1} at control step ${step}: root mean square ${rms}`,
            note: `rms ${rms}`,
            png,
            width: width * scale,
            height: height * scale,
          };
        }),
      };
    }),
  };
}
