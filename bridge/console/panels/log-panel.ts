import type { LogEntry, Outcome, RequestLog } from '../display/request-log.js';
import { element, make } from './element.js';

const WORDS: Readonly<Record<Outcome, { readonly word: string; readonly level: string }>> = {
  asked: { word: '… asked', level: 'unknown' },
  accepted: { word: '✓ accepted', level: 'good' },
  refused: { word: '✗ refused', level: 'bad' },
  unanswered: { word: '? no answer', level: 'bad' },
  notice: { word: '', level: 'unknown' },
};

/** The log, newest first. */
export class LogPanel {
  private readonly log: RequestLog;
  private readonly items = new Map<number, { readonly entry: LogEntry; readonly item: HTMLElement }>();

  constructor(log: RequestLog) {
    this.log = log;
  }

  /** Only what changed is touched, so that screen readers say only that. */
  update(): void {
    const list = element('log', HTMLElement);
    const { entries } = this.log;
    for (const [number, { item }] of this.items) {
      if (entries.some((entry) => entry.number === number)) continue;
      item.remove();
      this.items.delete(number);
    }
    for (const entry of [...entries].reverse()) {
      const known = this.items.get(entry.number);
      if (known?.entry === entry) continue;
      const item = entryItem(entry);
      if (known) known.item.replaceWith(item);
      else list.prepend(item);
      this.items.set(entry.number, { entry, item });
    }
  }
}

function entryItem({ time, text, outcome, reason }: LogEntry): HTMLElement {
  const { word, level } = WORDS[outcome];
  const item = make('li');
  const mark = make('span', word, 'outcome');
  mark.dataset['level'] = level;
  item.append(make('time', time), `${text} `, mark);
  if (reason !== '') item.append(make('div', reason, 'note'));
  return item;
}
