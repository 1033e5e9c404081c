/**
 * JSON.parse that also refuses an object that names a key twice: JSON.parse would keep the last one without a
 * word, and another reader may keep the first. Throws SyntaxError.
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const key = repeatedKey(text);
  if (key !== undefined) throw new SyntaxError(`the key ${JSON.stringify(key)} stands there twice`);
  return value;
}

/** The first key that an object of `text`, which is valid JSON, names twice. */
function repeatedKey(text: string): string | undefined {
  // One entry for each bracket that is open: the keys so far of an object, null for an array.
  const open: (Set<string> | null)[] = [];
  let keyIsNext = false;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null);
      keyIsNext = token === '{';
    } else if (token === '}' || token === ']') {
      open.pop();
      keyIsNext = false;
    } else if (token === ',') {
      keyIsNext = open.at(-1) !== null;
    } else if (token === ':') {
      keyIsNext = false;
    } else if (keyIsNext) {
      const key = JSON.parse(token) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
