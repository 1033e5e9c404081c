import fc from 'fast-check';

/** A safetensors file that mutations are made of, in parts. */
export interface Original {
  readonly bytes: Uint8Array;
  readonly header: string;
  readonly data: Uint8Array;
}

/** Some mutations leave the file's meaning, or all of it, as it was. */
export type Mutation = (original: Original) => Uint8Array;

type Json = null | boolean | number | string | Json[] | JsonObject;
interface JsonObject {
  [key: string]: Json;
}

export function originalOf(bytes: Uint8Array): Original {
  const start = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { bytes, header: new TextDecoder().decode(bytes.subarray(8, start)), data: bytes.subarray(start) };
}

function join(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** Every value in a JSON tree: the object (an array counts as one) that holds it, and its key there. */
function places(value: Json): [JsonObject, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const container = value as JsonObject;
  return Object.keys(container).flatMap((key): [JsonObject, string][] => [
    [container, key],
    ...places(container[key]!),
  ]);
}

/** What a number, a text or anything else may turn into. */
function altered(value: Json, kind: number, at: number): Json {
  if (typeof value === 'number') {
    return [value + 1, value - 1, value * 4, -value, 0, 2 ** 53, 1e300, 0.5, '1'][kind % 9]!;
  }
  if (typeof value === 'string') {
    const k = at % (value.length + 1);
    const one = String.fromCharCode(32 + (at % 95));
    return [
      value.slice(0, k) + one + value.slice(k + 1),
      value.slice(0, k) + one + value.slice(k),
      value.slice(0, k) + value.slice(k + 1),
      value.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
      value.replace(/0(?=\D|$)/, '-0'),
      value.replace('F32', 'I32'),
      value.replace('F32', 'F64'),
      `${value} `,
      null,
    ][kind % 9]!;
  }
  if (Array.isArray(value)) return [[], [...value, 1], value.toReversed(), value.slice(1), null][kind % 5]!;
  return [{}, null, [], 'x'][kind % 4]!;
}

const place = fc.nat(100_000);
const kind = fc.nat(35);

/** `text` (JSON) with one of its values altered. */
export function alterJson(text: string, which: number, how: number, at: number): string {
  // A number or a text by itself is a value that an array holds, too.
  const tree = [JSON.parse(text) as Json];
  const all = places(tree);
  const [container, key] = all[which % all.length]!;
  container[key] = altered(container[key]!, how, at);
  return JSON.stringify(tree).slice(1, -1);
}

const flippedBits = fc
  .tuple(fc.array(place, { minLength: 1, maxLength: 3 }), fc.nat(7), fc.boolean())
  .map(([at, bit, inHeader]): Mutation => ({ bytes, data }) => {
    const copy = bytes.slice();
    const range = inHeader ? bytes.length - data.length : bytes.length;
    for (const k of at) copy[k % range]! ^= 1 << bit;
    return copy;
  });

const overwrittenBytes = fc.tuple(place, fc.nat(255)).map(([at, value]): Mutation => ({ bytes }) => {
  const begin = at % bytes.length;
  return bytes.slice().fill(value, begin, begin + 4);
});

const truncated = place.map(
  (at): Mutation =>
    ({ bytes }) =>
      bytes.slice(0, at % bytes.length),
);

const prolonged = fc.uint8Array({ minLength: 1, maxLength: 16 }).map(
  (more): Mutation =>
    ({ bytes }) =>
      Uint8Array.of(...bytes, ...more),
);

/** A piece of any of `donors` inserted, or put in the place of as many bytes. */
const splicedFrom = (donors: readonly Original[]) =>
  fc
    .tuple(fc.constantFrom(...donors), place, fc.nat(100), place, fc.boolean())
    .map(([donor, from, length, to, replace]): Mutation => ({ bytes }) => {
      const begin = from % donor.bytes.length;
      const piece = donor.bytes.subarray(begin, begin + length);
      const target = to % bytes.length;
      const rest = bytes.subarray(target + (replace ? piece.length : 0));
      return Uint8Array.of(...bytes.subarray(0, target), ...piece, ...rest);
    });

const pieceLeftOut = fc.tuple(place, fc.nat(100)).map(([from, length]): Mutation => ({ bytes }) => {
  const begin = from % bytes.length;
  return Uint8Array.of(...bytes.subarray(0, begin), ...bytes.subarray(begin + length));
});

const headerOfAnother = (donors: readonly Original[]) =>
  fc.constantFrom(...donors).map(
    (donor): Mutation =>
      ({ data }) =>
        join(donor.header, data),
  );

const headerLengthChanged = fc.tuple(fc.nat(7), fc.nat(255)).map(([at, value]): Mutation => ({ bytes }) => {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
});

/** Where it stands between tokens, white space means nothing; inside a text it does. */
const whiteSpaceInserted = fc
  .tuple(place, fc.constantFrom(' ', '\n', '\t', '   '))
  .map(([at, space]): Mutation => ({ header, data }) => {
    const tokens = header.split(/(?<=[{}[\],:])/);
    tokens.splice(at % tokens.length, 0, space);
    return join(tokens.join(''), data);
  });

/** Offsets, shapes, dtypes, names of dtypes, texts of metadata. */
const headerValueAltered = fc.tuple(place, kind, place).map(
  ([which, how, at]): Mutation =>
    ({ header, data }) =>
      join(alterJson(header, which, how, at), data),
);

/** A value inside the JSON that a text of the metadata is. */
const metadataValueAltered = fc
  .tuple(place, place, kind, place)
  .map(([entry, which, how, at]): Mutation => ({ header, data }) => {
    const tree = JSON.parse(header) as { __metadata__: Record<string, string> };
    const texts = Object.entries(tree.__metadata__).filter(([, text]) => /^[[{]/.test(text));
    const [key, text] = texts[entry % texts.length]!;
    tree.__metadata__[key] = alterJson(text, which, how, at);
    return join(JSON.stringify(tree), data);
  });

const keyRemovedOrRenamed = fc
  .tuple(place, fc.option(fc.string({ maxLength: 3 })))
  .map(([which, name]): Mutation => ({ header, data }) => {
    const tree = JSON.parse(header) as Json;
    const all = places(tree);
    const [container, key] = all[which % all.length]!;
    const value = container[key]!;
    Reflect.deleteProperty(container, key);
    if (name !== null) container[name] = value;
    return join(JSON.stringify(tree), data);
  });

const valueTakenFromElsewhere = fc
  .tuple(place, place)
  .map(([which, other]): Mutation => ({ header, data }) => {
    const tree = JSON.parse(header) as Json;
    const all = places(tree);
    const [container, key] = all[which % all.length]!;
    const [otherContainer, otherKey] = all[other % all.length]!;
    container[key] = structuredClone(otherContainer[otherKey]!);
    return join(JSON.stringify(tree), data);
  });

/** The key stands there twice with different values; JSON.parse would take the second one. */
const keyDoubled = fc.tuple(place, kind, place).map(([which, how, at]): Mutation => ({ header, data }) => {
  const tree = JSON.parse(header) as Json;
  const all = places(tree);
  const [container, key] = all[which % all.length]!;
  const pair = `${JSON.stringify(key)}:${JSON.stringify(container[key])}`;
  const second = `${JSON.stringify(key)}:${JSON.stringify(altered(container[key]!, how, at))}`;
  return join(
    JSON.stringify(tree).replace(pair, () => `${pair},${second}`),
    data,
  );
});

/** Mutations of a safetensors file; `donors` are what pieces and headers are taken from. */
export function mutations(donors: readonly Original[]): fc.Arbitrary<Mutation> {
  return fc.oneof(
    flippedBits,
    overwrittenBytes,
    truncated,
    prolonged,
    splicedFrom(donors),
    pieceLeftOut,
    headerOfAnother(donors),
    headerLengthChanged,
    whiteSpaceInserted,
    headerValueAltered,
    metadataValueAltered,
    keyRemovedOrRenamed,
    valueTakenFromElsewhere,
    keyDoubled,
  );
}
