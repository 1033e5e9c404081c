import type { Acknowledgement } from '../../message-map.js';
import type { ServiceAnswer } from '../connection/answer.js';

/** What became of a request. */
export type Outcome = 'asked' | 'accepted' | 'refused' | 'unanswered' | 'notice';

export interface LogEntry {
  /** Counts up; stays with the entry. */
  readonly number: number;
  /** When it was asked, as text. */
  readonly time: string;
  readonly text: string;
  readonly outcome: Outcome;
  /** Why, and what would be right. */
  readonly reason: string;
}

const LONGEST = 100;

/** What was asked from this page and what was answered, and what others' requests were answered, newest first. */
export class RequestLog {
  private list: LogEntry[] = [];
  private count = 0;
  private readonly ours = new Set<string>();

  get entries(): readonly LogEntry[] {
    return this.list;
  }

  /** A request of this page leaves; the number under which its answer is told. */
  ask(id: string, text: string, time: string): number {
    this.ours.add(id);
    return this.add({ time, text, outcome: 'asked', reason: '' });
  }

  /** The answer to one of this page's requests; `problem`: why there is none. */
  answer(number: number, answer: ServiceAnswer | { readonly problem: string }): void {
    const outcome = 'problem' in answer ? 'unanswered' : answer.accepted ? 'accepted' : 'refused';
    const reason =
      'problem' in answer ? answer.problem : [answer.code, answer.reason].filter(Boolean).join(': ');
    this.list = this.list.map((entry) => (entry.number === number ? { ...entry, outcome, reason } : entry));
  }

  /** An acknowledgement that anyone was sent: told if it is not of this page. */
  overhear({ id, from, accepted, code, reason }: Acknowledgement, time: string): void {
    if (this.ours.has(id)) return;
    this.add({
      time,
      text: `from elsewhere: ${id} (answer of the ${from})`,
      outcome: accepted ? 'accepted' : 'refused',
      reason: [code, reason].filter(Boolean).join(': '),
    });
  }

  /** Something that the page or the server has to say. */
  notice(text: string, time: string): void {
    this.add({ time, text, outcome: 'notice', reason: '' });
  }

  private add(entry: Omit<LogEntry, 'number'>): number {
    const number = ++this.count;
    this.list = [{ number, ...entry }, ...this.list].slice(0, LONGEST);
    return number;
  }
}
