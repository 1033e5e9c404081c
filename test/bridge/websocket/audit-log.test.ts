import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AuditLog, type AuditLogOptions } from '../../../bridge/websocket/audit-log.js';
import { awkwardJson, nested } from '../awkward-json.js';
import { controllerRig } from '../controller-rig.js';
import { relay } from '../../../bridge/transport/relay.js';
import { foxglove, OPERATOR, serve, TOKENS } from './rig.js';

function auditLog(options: Partial<AuditLogOptions> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hebbridge-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'audit.jsonl');
  const troubles: string[] = [];
  const log = new AuditLog({
    file,
    wallClock: () => Date.UTC(2025, 0, 2, 3, 4, 5),
    onTrouble: (problem) => troubles.push(problem),
    ...options,
  });
  const linesOf = (name: string) =>
    readFileSync(name, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, file, troubles, linesOf };
}

describe('the audit log', () => {
  it('says who asked what from where, and what was answered', async () => {
    const { log, file, linesOf } = auditLog();
    const robot = controllerRig({ simulated: true });
    const { server, address } = await serve({ tokens: TOKENS, audit: (entry) => log.write(entry) });
    onTestFinished(relay(robot.transport, server));
    const client = await foxglove(address, OPERATOR);
    await client.call('freeze', { id: 'f' });
    await client.call('perturb', { id: 'p', component: 'joint', type: 'weak', target: 'tail' });
    await log.close();
    const who = { time: '2025-01-02T03:04:05.000Z', client: 'id-1', address: '127.0.0.1', role: 'operator' };
    expect(linesOf(file).slice(1)).toMatchObject([
      { ...who, event: 'connected' },
      { ...who, event: 'asked', what: 'freeze', id: 'f', request: { operation: 'freeze', frozen: true } },
      { ...who, event: 'answered', what: 'freeze', id: 'f', accepted: true },
      { ...who, event: 'asked', what: 'perturb', id: 'p' },
      { ...who, event: 'answered', what: 'perturb', accepted: false, code: 'ERR_PERTURBATION_TARGET' },
    ]);
    expect(readFileSync(file, 'utf8')).not.toContain(OPERATOR);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('keeps the beginning of a request that is too long', async () => {
    const { log, file, linesOf } = auditLog();
    log.write({ event: 'asked', request: { text: 'x'.repeat(5000) } });
    await log.close();
    expect(linesOf(file)[0]!.request).toHaveLength(1024);
  });

  it('keeps a request that cannot be written as the beginning of a text', async () => {
    const { log, file, linesOf } = auditLog();
    const round: Record<string, unknown> = { operation: 'freeze' };
    round.round = round;
    const throws = {
      operation: 'thaw',
      toJSON: () => {
        throw new Error('no');
      },
    };
    const deep: unknown = JSON.parse(`{"operation":"perturb","x":${nested(30_000)}}`);
    for (const request of [round, throws, deep, 5n, { seed: 5n }, 'x'.repeat(5000)]) {
      log.write({ event: 'asked', request });
    }
    await log.close();
    const kept = linesOf(file).map(({ request }) => request as string);
    expect(kept).toEqual([
      expect.stringContaining('freeze'),
      expect.stringContaining('thaw'),
      expect.stringContaining('perturb'),
      '5n',
      '{ seed: 5n }',
      'x'.repeat(1024),
    ]);
  });

  it('holds what came of whatever is asked, one line for each', async () => {
    const { log, file, linesOf } = auditLog();
    await fc.assert(
      fc.asyncProperty(awkwardJson, async (text) => {
        log.write({ event: 'asked', request: JSON.parse(text) as unknown });
        await log.close();
        const { request } = linesOf(file).at(-1)!;
        const value: unknown = JSON.parse(text);
        const whole = typeof value === 'string' ? value : JSON.stringify(value);
        if (typeof value === 'string') expect(request).toBe(whole);
        else expect(whole.length <= 1024 ? JSON.stringify(request) : request).toBe(whole.slice(0, 1024));
      }),
    );
    expect(linesOf(file)).toHaveLength(100);
  });

  it('holds what could not be read, as it came, and that it was refused', async () => {
    const { log, file, linesOf } = auditLog();
    const { address } = await serve({ tokens: TOKENS, audit: (entry) => log.write(entry) });
    const client = await foxglove(address, OPERATOR);
    const x: unknown = JSON.parse(nested(2000));
    await client.call('perturb', { component: 'leg', x });
    await log.close();
    expect(linesOf(file).slice(-2)).toMatchObject([
      {
        event: 'asked',
        what: 'perturb',
        request: expect.stringMatching(/^{"component":"leg","x":\[+$/) as string,
      },
      {
        event: 'answered',
        what: 'perturb',
        accepted: false,
        reason: expect.stringContaining('16 levels') as string,
      },
    ]);
  });

  it('counts what comes faster than the disk takes it, in place of keeping it', async () => {
    const { log, file, linesOf } = auditLog();
    for (let k = 0; k < 5000; k++) log.write({ event: 'refused', reason: String(k) });
    await log.close();
    const lines = linesOf(file);
    expect(lines.length).toBeLessThan(2100);
    const lost = lines.find(({ event }) => event === 'lost')!.lines as number;
    expect(lines.length - 1 + lost).toBe(5000);
  });

  it('takes no more of the disk than two files', async () => {
    const { log, file, linesOf } = auditLog({ largestFile: 1000 });
    for (let k = 0; k < 30; k++) {
      log.write({ event: 'refused', reason: String(k) });
      await log.close();
    }
    expect(statSync(file).size).toBeLessThanOrEqual(1000);
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(1000);
    expect(linesOf(file).at(-1)).toMatchObject({ reason: '29' });
  });

  it('says once that it cannot be written, and disturbs nothing', async () => {
    const { log, troubles } = auditLog({ file: '/no/such/folder/audit.jsonl' });
    for (let k = 0; k < 3; k++) {
      log.write({ event: 'connected' });
      await log.close();
    }
    expect(troubles).toEqual([expect.stringContaining('/no/such/folder/audit.jsonl cannot be written')]);
  });
});
