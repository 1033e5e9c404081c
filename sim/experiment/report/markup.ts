/** Text between tags or inside quotes, of HTML and of XML; what XML cannot hold at all becomes a replacement sign. */
export function escaped(text: string): string {
  return Array.from(text, (sign) =>
    allowed(sign.codePointAt(0)!) ? (ENTITIES.get(sign) ?? sign) : '\uFFFD',
  ).join('');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** The characters of XML 1.0, section 2.2. */
function allowed(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
