import type { CdrCursor } from './cdr-cursor.js';

/** Not UTF-8 becomes U+FFFD: no name that anybody looks for. A byte order mark is a character like others. */
const TEXT_DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text that is mostly the same from message to message: it is decoded when its bytes are other ones. */
export class RememberedText {
  value = '';
  private bytes = new Uint8Array(0);

  /** Read the text at the cursor into `value`; tells whether it is another one. */
  read(cursor: CdrCursor, field: string): boolean {
    cursor.text(field);
    const { bytes, textStart, textEnd } = cursor;
    if (this.isAt(bytes, textStart, textEnd)) return false;
    this.bytes = bytes.slice(textStart, textEnd);
    this.value = TEXT_DECODER.decode(this.bytes);
    return true;
  }

  private isAt(bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.bytes;
    if (own.length !== end - start) return false;
    for (let k = 0; k < own.length; k++) if (own[k] !== bytes[start + k]) return false;
    return true;
  }
}

/** A sequence of texts, likewise: the array stays the same as long as its texts do. */
export class RememberedTexts {
  values: readonly string[] = [];
  private readonly texts: RememberedText[] = [];
  /** Also after a message that broke off between its texts. */
  private changed = false;

  /** Read the sequence at the cursor into `values`. */
  read(cursor: CdrCursor, field: string): void {
    const count = cursor.sequenceLength(field, 4);
    const { texts } = this;
    for (let k = 0; k < count; k++) {
      if (k === texts.length) texts.push(new RememberedText());
      if (texts[k]!.read(cursor, field)) this.changed = true;
    }
    if (!this.changed && count === this.values.length) return;
    texts.length = count;
    this.values = texts.map(({ value }) => value);
    this.changed = false;
  }
}
