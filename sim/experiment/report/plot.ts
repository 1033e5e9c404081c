import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { FONT_SIZE, type Drawing } from './drawing.js';

/** Observable Plot builds elements; these are linkedom's, as there is no browser here. */
const { document } = parseHTML('<!doctype html><html></html>') as unknown as { document: object };

/** What is used of the element that Plot returns. */
interface SvgElement {
  readonly innerHTML: string;
  readonly tagName: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): { remove(): void } | null;
}

/** Draw with Observable Plot. The same options give the same text. Marks must not clip: that takes names of elements. */
export function plot(options: Plot.PlotOptions): Drawing {
  const element = Plot.plot({ ...options, document }) as unknown as SvgElement;
  // Style sheets of Plot are for pages that hold nothing else.
  element.querySelector('style')?.remove();
  return {
    width: Number(element.getAttribute('width')),
    height: Number(element.getAttribute('height')),
    markup: shortened(element.innerHTML),
  };
}

/** Hundredths of a pixel are enough; text between tags stays as it is. */
function shortened(markup: string): string {
  return markup.replaceAll(/<[^>]*>/g, (tag) =>
    tag.replaceAll(/-?\d+\.\d{3,}/g, (value) => String(Math.round(Number(value) * 100) / 100)),
  );
}

/** Lines across the plot at the ticks of an axis. */
export const gridLines = { stroke: 'currentColor', strokeOpacity: 0.12 } as const;

/** Of axes: the size that all text of a report has. */
export const axisText = { fontSize: FONT_SIZE } as const;

export { Plot };
