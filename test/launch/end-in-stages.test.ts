import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { endInStages } from '../../launch/end-in-stages.js';

describe('what ends in stages', () => {
  it('begins at once, and goes on with a stage when the one before is done', async () => {
    const done: string[] = [];
    const slow = (name: string) => async () => {
      await setImmediate();
      done.push(name);
    };
    const ended = endInStages([() => done.push('robot'), slow('console')], [slow('recording')]);
    expect(done).toEqual(['robot']);
    await ended;
    expect(done).toEqual(['robot', 'console', 'recording']);
  });

  it('ends the rest where something fails, and tells of the first error', async () => {
    const done: string[] = [];
    const fail = (text: string) => () => {
      throw new Error(text);
    };
    await expect(
      endInStages(
        [fail('first'), () => done.push('a')],
        [() => Promise.reject(new Error('second'))],
        [() => done.push('b')],
      ),
    ).rejects.toThrow('first');
    expect(done).toEqual(['a', 'b']);
  });
});
