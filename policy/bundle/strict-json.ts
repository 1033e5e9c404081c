const DEEPEST = 64;

/**
 * JSON.parse that also refuses what hides a meaning or overflows a stack: an object that names a key twice
 * (JSON.parse keeps the last one without a word, another reader may keep the first), and brackets nested deeper
 * than 64. Throws SyntaxError.
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseRepeatedKeys(text);
  return value;
}

/** `text` is known to be valid JSON. */
function refuseRepeatedKeys(text: string): void {
  // One entry for each bracket that is open: the keys so far of an object, null for an array.
  const open: (Set<string> | null)[] = [];
  let keyIsNext = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
      case '[':
        if (open.length === DEEPEST) throw new SyntaxError(`brackets nested deeper than ${DEEPEST}`);
        keyIsNext = text[at] === '{';
        open.push(keyIsNext ? new Set() : null);
        break;
      case '}':
      case ']':
        open.pop();
        keyIsNext = false;
        break;
      case ',':
        keyIsNext = open.at(-1) !== null;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (keyIsNext) {
          const key = JSON.parse(text.slice(at, end + 1)) as string;
          const keys = open.at(-1)!;
          if (keys.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} stands there twice`);
          keys.add(key);
          keyIsNext = false;
        }
        at = end;
      }
    }
  }
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
