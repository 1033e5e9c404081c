import { appendFile, rename, stat } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { Role } from './access.js';

/** Something that happened to the control plane. */
export interface AuditEntry {
  readonly event: 'listening' | 'connected' | 'refused' | 'disconnected' | 'asked' | 'answered' | 'dead-man';
  /** Of the connection. */
  readonly client?: string;
  readonly address?: string;
  readonly role?: Role;
  /** What was asked: the service or topic, and the request as it came. */
  readonly request?: unknown;
  readonly what?: string;
  readonly id?: string;
  readonly accepted?: boolean;
  readonly code?: string;
  readonly reason?: string;
}

export interface AuditLogOptions {
  readonly file: string;
  /** ms since 1970 */
  readonly wallClock: () => number;
  /** Hears, once, that the log cannot be written. */
  readonly onTrouble: (problem: string) => void;
  /** Bytes after which the file becomes FILE.1 and a new one begins; so the log takes at most twice as many. */
  readonly largestFile?: number;
}

/** Lines that wait for the disk at most; beyond it they are counted instead. */
const MOST_WAITING = 1000;
/** Characters of a request that are kept. */
const LONGEST_REQUEST = 1024;
const LARGEST_FILE = 16 * 1024 * 1024;

/**
 * Who asked what, and what was answered: one JSON object a line, appended beside the work and never waited for.
 * Tokens are not in it.
 */
export class AuditLog {
  private readonly options: AuditLogOptions;
  private waiting: string[] = [];
  private lost = 0;
  private size: number | undefined;
  private writing: Promise<void> | undefined;
  private troubled = false;

  constructor(options: AuditLogOptions) {
    this.options = options;
  }

  /** Never throws, whatever the request is. */
  write(entry: AuditEntry): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.lost++;
      return;
    }
    this.waiting.push(this.line(entry));
    this.writing ??= this.drain();
  }

  /** Resolves when what was written has reached the file. Never rejects. */
  async close(): Promise<void> {
    while (this.writing) await this.writing;
  }

  private line({ request, ...entry }: AuditEntry): string {
    const time = new Date(this.options.wallClock()).toISOString();
    const line = JSON.stringify({ time, ...entry });
    const kept = requestText(request);
    return kept === undefined ? `${line}\n` : `${line.slice(0, -1)},"request":${kept}}\n`;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const lines = this.waiting;
      this.waiting = [];
      if (this.lost > 0) {
        const time = new Date(this.options.wallClock()).toISOString();
        lines.push(`${JSON.stringify({ time, event: 'lost', lines: this.lost })}\n`);
        this.lost = 0;
      }
      try {
        await this.append(lines.join(''));
      } catch (error) {
        if (!this.troubled) {
          this.options.onTrouble(`the audit log ${this.options.file} cannot be written: ${String(error)}`);
        }
        this.troubled = true;
      }
    }
    this.writing = undefined;
  }

  private async append(text: string): Promise<void> {
    const { file, largestFile = LARGEST_FILE } = this.options;
    this.size ??= (await stat(file).catch(() => ({ size: 0 }))).size;
    if (this.size > 0 && this.size + text.length > largestFile) {
      await rename(file, `${file}.1`);
      this.size = 0;
    }
    // Nobody else's business: readable by its owner only.
    await appendFile(file, text, { mode: 0o600 });
    this.size += Buffer.byteLength(text);
  }
}

/** The JSON of a request; one that is too long, or has no JSON, is kept as the beginning of its text. */
function requestText(request: unknown): string | undefined {
  if (request === undefined) return undefined;
  let text: string;
  try {
    if (typeof request === 'string') text = request;
    else {
      text = JSON.stringify(request);
      if (text.length <= LONGEST_REQUEST) return text;
    }
  } catch {
    text = plainText(request);
  }
  return JSON.stringify(text.slice(0, LONGEST_REQUEST));
}

function plainText(request: unknown): string {
  try {
    return inspect(request, {
      depth: 8,
      maxArrayLength: 100,
      maxStringLength: LONGEST_REQUEST,
      breakLength: Infinity,
    });
  } catch (error) {
    return `(cannot be shown: ${String(error)})`;
  }
}
