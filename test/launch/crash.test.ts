import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULE = JSON.stringify(fileURLToPath(new URL('../../dist/launch/crash.js', import.meta.url)));

/** A process in which something throws that nobody catches; `handler` is the body of a function. */
function crash(handler: string, thrown = 'new Error("the fault")') {
  const source = `
    const { endOnCrash } = await import(${MODULE});
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    setInterval(() => undefined, 1000);
    const say = (text) => process.stdout.write(text + '\\n');
    endOnCrash(process, async () => { ${handler} }, (text) => say('told: ' + text.split('\\n')[0]));
    setImmediate(() => { throw ${thrown}; });`;
  const began = performance.now();
  const words = ['--no-warnings', '--input-type=module', '--eval', source];
  const ended = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000 });
  const { status, signal, stdout, stderr } = ended;
  return { status, signal, said: stdout.trimEnd().split('\n'), stderr, took: performance.now() - began };
}

describe('a process that something crashes', () => {
  it('does what must be done in any case first, tells of the fault, ends in order, with exit code 1', () => {
    expect(crash(`say('the safe command'); await later(50); say('closed');`)).toMatchObject({
      status: 1,
      said: ['the safe command', 'told: Error: the fault', 'closed'],
      stderr: '',
    });
  });

  it.each([
    ['null', 'told: null'],
    ['"a text"', 'told: a text'],
  ])('tells of %s too', (thrown, told) => {
    expect(crash('', thrown)).toMatchObject({ status: 1, said: [told] });
  });

  it('tells of what fails at the end', () => {
    expect(crash(`throw new Error('no disk');`)).toMatchObject({
      status: 1,
      said: ['told: Error: the fault', 'told: at the end: Error: no disk'],
    });
  });

  it('is not kept from its end by what fails in consequence', () => {
    const { status, said } = crash(
      `const more = setInterval(() => { throw new Error('a consequence'); }, 5);
       await later(100); clearInterval(more); say('closed');`,
    );
    expect(said).toEqual(['told: Error: the fault', 'closed']);
    expect(status).toBe(1);
  });

  // Bounds, far from what they take: 4 and 5 s.
  it('ends though its end never comes', { timeout: 40_000 }, () => {
    const { status, took } = crash('await new Promise(() => undefined);');
    expect(status).toBe(1);
    expect(took).toBeLessThan(15_000);
  });

  it('is killed where its event loop stands still', { timeout: 40_000 }, () => {
    const { signal, took } = crash('await later(1); for (;;);');
    expect(signal).toBe('SIGKILL');
    expect(took).toBeLessThan(15_000);
  });
});
