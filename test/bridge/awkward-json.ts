import fc from 'fast-check';

/** `levels` arrays, one inside the other. */
export function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

/** Arrays and objects, one inside the other; 0 of what is neither. */
export function levelsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

const key = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    '$ref',
    ']',
    '}',
    '"',
    '\\',
    '\\"[',
    '',
    'id',
    'operation',
  ),
  fc.string({ maxLength: 6 }),
);
const leaf = fc.oneof(
  fc.constantFrom('1e999', '-1e999', '-0', '5e-324', '123456789012345678901234567890', 'null', 'true'),
  // Lone surrogates.
  fc.constantFrom('"\\ud800"', '"\\udc00\\ud800"', '"[[[{"', '"\\\\"', '"\\\\\\""', '"#/x"'),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
  // Wide.
  fc.integer({ min: 0, max: 400 }).map((width) => JSON.stringify(Array.from({ length: width }, (_, k) => k))),
);

type Layer = (inner: string) => string;
const layer: fc.Arbitrary<Layer> = fc.oneof(
  fc.constant<Layer>((inner) => `[${inner}]`),
  key.map<Layer>((name) => (inner) => `{${JSON.stringify(name)}:${inner}}`),
  fc.tuple(key, leaf).map<Layer>(
    ([name, beside]) =>
      (inner) =>
        `{"before":${beside},${JSON.stringify(name)}:${inner}}`,
  ),
  leaf.map<Layer>((beside) => (inner) => `[${inner}, ${beside}]`),
);

/** JSON texts that are deep, wide, or hold what is easily taken for something else. */
export const awkwardJson: fc.Arbitrary<string> = fc
  .tuple(leaf, fc.array(layer, { maxLength: 40, size: 'max' }))
  .map(([inner, layers]) => layers.reduce((text, around) => around(text), inner));
