import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countAllocation } from '../../bench/allocation.js';

const bundle = readFileSync(fileURLToPath(new URL('../../rules/ant.safetensors', import.meta.url)));
const settings = { bundle, warmUpSteps: 50_000, countedSteps: 50_000 };

describe('a control step', () => {
  it('makes no objects on its way, and leaves nothing on the heap', async () => {
    const without = await countAllocation('no control step', settings);
    const withStep = await countAllocation('control step', settings);
    expect(without.commands).toBe(0);
    expect(withStep.commands).toBe(settings.countedSteps);
    // Room for some numbers that V8 puts on the heap on their way (16 bytes each), not for the objects that a
    // message, an array or a closure more would take.
    const bytes = (withStep.uncollected - without.uncollected) / settings.countedSteps;
    expect(bytes).toBeLessThan(128);
    expect(withStep.growth).toBeLessThan(64 * 1024);
  });
});
