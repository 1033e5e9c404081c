/** Levels of arrays and objects, one inside the other, that JSON from outside may have; no message of ours has six. */
export const MOST_LEVELS = 16;
export const TOO_DEEP = `nested deeper than ${MOST_LEVELS} levels`;

const PLACEHOLDER = JSON.stringify(`(${TOO_DEEP})`);
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** Of [, {, ] and }. */
const [ARRAY, OBJECT, ARRAY_END, OBJECT_END] = [0x5b, 0x7b, 0x5d, 0x7d];

export interface BoundedJson {
  readonly value: unknown;
  /** What was nested deeper than {@link MOST_LEVELS} was cut out of the value; a text that says so is in its place. */
  readonly tooDeep: boolean;
}

/**
 * What a JSON text holds, so shallow that whoever walks through it need not mind its stack. It is cut before it is
 * parsed: 10 KiB of brackets cost as little as other 10 KiB.
 *
 * @throws SyntaxError, as JSON.parse does
 */
export function parseBoundedJson(text: string): BoundedJson {
  let level = 0;
  let kept = '';
  /** Where what is not yet kept begins. */
  let from = 0;
  for (let k = 0; k < text.length; k++) {
    const character = text.charCodeAt(k);
    if (character === QUOTE) k = endOfString(text, k);
    else if (character === ARRAY || character === OBJECT) {
      if (++level === MOST_LEVELS + 1) kept += text.slice(from, k) + PLACEHOLDER;
    } else if (character === ARRAY_END || character === OBJECT_END) {
      if (level-- === MOST_LEVELS + 1) from = k + 1;
    }
  }
  if (kept === '') return { value: JSON.parse(text) as unknown, tooDeep: false };
  // What is not closed lacks its end here as well, and is no JSON.
  const rest = level > MOST_LEVELS ? '' : text.slice(from);
  return { value: JSON.parse(kept + rest) as unknown, tooDeep: true };
}

/** Where the string ends whose first quote is at `start`; the end of the text where it does not. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
