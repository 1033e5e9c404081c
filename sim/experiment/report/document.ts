import type { Drawing } from './drawing.js';

/**
 * What a report holds, whatever it is written as. All text is plain: whoever writes it as HTML or Markdown escapes
 * it, so that a name from a scenario can never become markup.
 */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block = TextBlock | ListBlock | TableBlock | PictureBlock | ImagesBlock | CodeBlock;

export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
}

export interface ListBlock {
  readonly kind: 'list';
  readonly items: readonly string[];
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

export interface TableBlock {
  readonly kind: 'table';
  /** Said to those who do not see that it is a table. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly string[])[];
}

/** A picture of lines; drawn for a wide page, and for a narrow one such as a phone's. */
export interface PictureBlock {
  readonly kind: 'picture';
  /** Of the file beside a Markdown report, without its ending; different for each picture of a report. */
  readonly file: string;
  /** What there is to see, for those who do not see it. */
  readonly alt: string;
  readonly caption: string;
  /** `width` in CSS pixels. */
  readonly draw: (width: number) => Drawing;
}

/** A picture of pixels. Images with the same `file` are the same. */
export interface Image {
  readonly file: string;
  readonly alt: string;
  readonly note: string;
  readonly png: Uint8Array;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Images of pixels in rows and columns. */
export interface ImagesBlock {
  readonly kind: 'images';
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly title: string;
    readonly note: string;
    /** What the colours mean. */
    readonly key: Image;
    /** One a column. */
    readonly images: readonly Image[];
  }[];
}

export interface CodeBlock {
  readonly kind: 'code';
  readonly text: string;
}

/** What empty lines keep apart, without space around it. */
export function paragraphs(content: string): string[] {
  return content
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '');
}

export const text = (content: string): TextBlock => ({ kind: 'text', text: content });
export const list = (items: readonly string[]): ListBlock => ({ kind: 'list', items });
