import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_LEVELS, parseBoundedJson, TOO_DEEP } from '../../../bridge/transport/bounded-json.js';
import { awkwardJson, levelsOf, nested } from '../awkward-json.js';

/** What is to come of a value that was parsed as it stands. */
function cut(value: unknown, levels = MOST_LEVELS): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return `(${TOO_DEEP})`;
  if (Array.isArray(value)) return value.map((entry) => cut(entry, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, cut(entry, levels - 1)]));
}

describe('JSON from outside', () => {
  it('is what JSON.parse makes of it, but for what is nested too deep', () => {
    let deep = 0;
    fc.assert(
      fc.property(awkwardJson, (text) => {
        const whole = JSON.parse(text) as unknown;
        const { value, tooDeep } = parseBoundedJson(text);
        // Vitest takes a key 'constructor' for what it is not.
        expect(isDeepStrictEqual(value, cut(whole))).toBe(true);
        expect(tooDeep).toBe(levelsOf(whole) > MOST_LEVELS);
        if (tooDeep) deep++;
      }),
      { numRuns: 2000 },
    );
    expect(deep).toBeGreaterThan(100);
  });

  it('is refused where JSON.parse refuses it', () => {
    fc.assert(
      fc.property(awkwardJson, fc.nat(), (text, at) => {
        const broken = text.slice(0, at % text.length);
        let parses = true;
        try {
          JSON.parse(broken);
        } catch {
          parses = false;
        }
        if (parses) expect(() => parseBoundedJson(broken)).not.toThrow();
        else expect(() => parseBoundedJson(broken)).toThrow(SyntaxError);
      }),
      { numRuns: 2000 },
    );
  });

  it('may have as many levels as it says, and not one more', () => {
    expect(parseBoundedJson(nested(MOST_LEVELS))).toMatchObject({ tooDeep: false });
    expect(parseBoundedJson(nested(MOST_LEVELS + 1))).toMatchObject({ tooDeep: true });
  });

  it('keeps what stands beside and after the depths', () => {
    const text = `{"a":1,"x":${nested(100_000)},"]":"\\"[","y":{"z":${nested(50)}},"b":2}`;
    const { value } = parseBoundedJson(text) as { value: Record<string, unknown> };
    expect(Object.keys(value)).toEqual(['a', 'x', ']', 'y', 'b']);
    expect(value).toMatchObject({ a: 1, ']': '"[', b: 2 });
    expect(levelsOf(value)).toBe(MOST_LEVELS);
  });

  it('gives nobody another prototype', () => {
    const { value } = parseBoundedJson(`{"__proto__":{"operation":"emergency-stop","x":${nested(40)}}}`);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });
});
