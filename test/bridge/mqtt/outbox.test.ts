import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outbox, type Outgoing } from '../../../bridge/mqtt/outbox.js';

const letter = (payload: string, options: Partial<Outgoing> = {}): Outgoing => ({
  name: 'a',
  payload,
  retain: false,
  expiresAt: Infinity,
  indispensable: false,
  ...options,
});

function takeAll(outbox: Outbox, now = 0): string[] {
  const taken: string[] = [];
  for (let next = outbox.take(now); next; next = outbox.take(now)) taken.push(next.payload);
  return taken;
}

describe('the outbox', () => {
  it('gives what was put into it, in order', () => {
    const outbox = new Outbox(10);
    for (const payload of ['one', 'two', 'three']) outbox.add(letter(payload));
    expect(outbox.size).toBe(3);
    expect(takeAll(outbox)).toEqual(['one', 'two', 'three']);
    expect(outbox.size).toBe(0);
    expect(outbox.dropped).toBe(0);
  });

  it('drops the oldest where there is no more room, but nothing indispensable', () => {
    const outbox = new Outbox(2);
    outbox.add(letter('stop', { indispensable: true }));
    for (const payload of ['one', 'two', 'three']) outbox.add(letter(payload));
    expect(takeAll(outbox)).toEqual(['stop', 'three']);
    expect(outbox.dropped).toBe(2);
  });

  it('drops what is too old when its turn comes', () => {
    const outbox = new Outbox(10);
    outbox.add(letter('old', { expiresAt: 5 }));
    outbox.add(letter('new', { expiresAt: 6 }));
    expect(takeAll(outbox, 5)).toEqual(['new']);
    expect(outbox.dropped).toBe(1);
  });

  it('keeps the newest of a name where only that one matters', () => {
    const outbox = new Outbox(10);
    outbox.addInPlaceOfOlder(letter('first', { name: 'status' }));
    outbox.add(letter('another'));
    outbox.addInPlaceOfOlder(letter('second', { name: 'status' }));
    expect(takeAll(outbox)).toEqual(['another', 'second']);
  });

  it('gives first what was put first', () => {
    const outbox = new Outbox(10);
    outbox.add(letter('one'));
    outbox.add(letter('two'));
    expect(outbox.take(0)?.payload).toBe('one');
    outbox.addFirst(letter('before all', { name: 'presence' }));
    expect(takeAll(outbox)).toEqual(['before all', 'two']);
  });

  it('has what was put first only once, the newest of a name', () => {
    const outbox = new Outbox(10);
    outbox.add(letter('one'));
    for (let k = 0; k < 1000; k++) outbox.addFirst(letter(`online ${k}`, { name: 'presence' }));
    expect(outbox.size).toBe(2);
    expect(takeAll(outbox)).toEqual(['online 999', 'one']);
  });

  it('makes room for what was put first, and not by dropping that', () => {
    const outbox = new Outbox(2);
    for (const name of ['one', 'two']) outbox.add(letter(name, { name, indispensable: true }));
    outbox.addFirst(letter('before all', { name: 'presence', indispensable: true }));
    expect(takeAll(outbox)).toEqual(['before all', 'two']);
    expect(outbox.dropped).toBe(1);
  });

  it('never holds more than its capacity, and accounts for every message, whatever happens to it', () => {
    const event = fc.oneof(
      fc.record({
        act: fc.constantFrom('add', 'put first'),
        indispensable: fc.boolean(),
        lifetime: fc.nat(20),
      }),
      fc.record({ act: fc.constant('take'), indispensable: fc.constant(false), lifetime: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 100 }), fc.integer({ min: 1, max: 8 }), (events, capacity) => {
        const outbox = new Outbox(capacity);
        let taken = 0;
        let added = 0;
        let last = -1;
        for (const [now, { act, indispensable, lifetime }] of events.entries()) {
          if (act === 'take') {
            const next = outbox.take(now);
            if (!next) continue;
            taken++;
            expect(next.expiresAt).toBeGreaterThan(now);
            if (next.name !== 'a') continue;
            expect(Number(next.payload)).toBeGreaterThan(last);
            last = Number(next.payload);
          } else if (act === 'add') {
            outbox.add(letter(String(added++), { indispensable, expiresAt: now + lifetime }));
          } else {
            const first = letter(String(added++), {
              name: 'presence',
              indispensable,
              expiresAt: now + lifetime,
            });
            outbox.addFirst(first);
          }
          expect(outbox.size).toBeLessThanOrEqual(capacity);
        }
        expect(taken + outbox.size + outbox.dropped).toBe(added);
      }),
      { numRuns: 1000 },
    );
  });
});
