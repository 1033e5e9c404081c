import { parseHTML } from 'linkedom';

/** What tests use of the elements that linkedom makes. */
export interface Element {
  readonly tagName: string;
  readonly textContent: string;
  readonly children: Iterable<Element>;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

export function parse(html: string): Element {
  const parsed: unknown = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  return (parsed as { document: { body: Element } }).document.body;
}

export function all(root: Element, selector: string): Element[] {
  return [...root.querySelectorAll(selector)];
}

/** Numbers of a path's points, in order. */
export function points(path: Element): [x: number, y: number][] {
  return [...path.getAttribute('d')!.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
}

const place = (element: Element): [number, number] => {
  const [, x, y] = /translate\((-?[\d.]+),(-?[\d.]+)\)/.exec(element.getAttribute('transform') ?? '')!;
  return [Number(x), Number(y)];
};

/** The number that a pixel stands for, read from the so-many-th axis that is drawn across (x) or upwards (y). */
export function axis(root: Element, direction: 'x' | 'y', which = 0): (pixel: number) => number {
  const labels = all(root, `g[aria-label="${direction}-axis tick label"]`)[which]!;
  const ticks = all(labels, 'text').map((text): [pixel: number, value: number] => [
    place(text)[direction === 'x' ? 0 : 1],
    Number(text.textContent.replaceAll(',', '').replace('−', '-')),
  ]);
  const [from, to] = [ticks[0]!, ticks.at(-1)!];
  return (pixel) => from[1] + ((pixel - from[0]) * (to[1] - from[1])) / (to[0] - from[0]);
}

/** Throws, saying where, unless `text` is well-formed XML: tags in pairs, quoted attributes once each, no bare & or <. */
export function requireXml(text: string): void {
  const open: string[] = [];
  const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  for (const match of text.matchAll(token)) {
    if (match.index !== at) break;
    at += match[0].length;
    const [whole, closes, name, attributes, alone] = match;
    if (/&(?!(?:amp|lt|gt|quot|#\d+|#x[\da-f]+);)/i.test(whole))
      throw new Error(`bare & in ${whole.slice(0, 80)}`);
    if (name === undefined) continue;
    const names = [...attributes!.matchAll(/\s([\w:-]+)="[^"]*"/g)].map(([, attribute]) => attribute);
    if (new Set(names).size < names.length) throw new Error(`an attribute twice: ${whole.slice(0, 80)}`);
    if (closes === '/') {
      if (open.pop() !== name) throw new Error(`${whole} closes what was not open`);
    } else if (alone !== '/') open.push(name);
  }
  if (at < text.trimEnd().length) throw new Error(`no XML from: ${text.slice(at, at + 80)}`);
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`);
}
