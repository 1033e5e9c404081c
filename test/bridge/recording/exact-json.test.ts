import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeExactJson } from '../../../bridge/recording/exact-json.js';
import { awkwardJson, levelsOf, nested } from '../awkward-json.js';

/** The JSON of a value, and why some of it is not in it. */
function encoded(value: unknown): { text: string; reasons: string[] } {
  const reasons: string[] = [];
  return { text: encodeExactJson(value, (why) => reasons.push(why)), reasons };
}

describe('exact JSON', () => {
  it('comes back as it was, whatever it holds, unless it is nested deeper than 32 levels', () => {
    fc.assert(
      fc.property(awkwardJson, (json) => {
        const value: unknown = JSON.parse(json);
        const { text, reasons } = encoded(value);
        const deep = levelsOf(value) > 32;
        expect([...new Set(reasons)]).toEqual(deep ? ['is nested deeper than 32 levels'] : []);
        const back: unknown = JSON.parse(text);
        expect(isDeepStrictEqual(back, value)).toBe(!deep);
        // And is the same the next time: what a replay compares.
        expect(encodeExactJson(back)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('has a text in place of what is nested too deep, beside all the rest', () => {
    const value: unknown = JSON.parse(`{"operation":"freeze","x":${nested(100_000)},"id":"f"}`);
    const { text, reasons } = encoded(value);
    expect(reasons).toEqual(['is nested deeper than 32 levels']);
    expect(JSON.parse(text)).toMatchObject({ operation: 'freeze', id: 'f' });
    expect(text).toContain('"(not recorded: is nested deeper than 32 levels)"');
  });

  it('has a text in place of what holds itself, however often', () => {
    const value: Record<string, unknown> = { id: 'f' };
    for (const key of 'abcdefgh') value[key] = value;
    const { text, reasons } = encoded({ one: value, other: value });
    expect(reasons).toHaveLength(16);
    expect((JSON.parse(text) as { other: object }).other).toMatchObject({
      a: '(not recorded: holds itself)',
      id: 'f',
    });
  });

  it('has a text in place of what throws when it is read, and of numbers that JSON has no form for', () => {
    const throws = {
      get value(): number {
        throw new Error('no such reading');
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const { text, reasons } = encoded({ throws, proxy, big: 5n, fine: 1 });
    expect(reasons).toHaveLength(3);
    expect(JSON.parse(text)).toEqual({
      throws: '(not recorded: cannot be read: Error: no such reading)',
      proxy: expect.stringMatching(/not recorded: cannot be read: TypeError/) as string,
      big: '(not recorded: is a bigint)',
      fine: 1,
    });
  });

  it('has null in the holes of an array', () => {
    const holes: number[] = [];
    holes[2] = 1;
    expect(encodeExactJson(holes)).toBe('[null,null,1]');
  });
});
