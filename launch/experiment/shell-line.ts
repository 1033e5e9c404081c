/** Words and options as a line that a shell reads back to the same; options that are undefined are left out. */
export function shellLine(
  ...parts: readonly (string | Readonly<Record<string, string | number | undefined>>)[]
): string {
  const words = parts.flatMap((part) =>
    typeof part === 'string'
      ? [part]
      : Object.entries(part).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
  );
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
