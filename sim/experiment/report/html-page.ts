import {
  paragraphs,
  type Block,
  type Image,
  type ImagesBlock,
  type PictureBlock,
  type Section,
  type TableBlock,
} from './document.js';
import { svg } from './drawing.js';
import { STYLE } from './html-style.js';
import { escaped } from './markup.js';

export interface Head {
  readonly title: string;
  /** Empty: none. */
  readonly subtitle: string;
  /** Paragraphs apart by an empty line. */
  readonly about: string;
}

/** CSS pixels of pictures on wide pages and on phones; see html-style.ts for where one becomes the other. */
export const WIDE = 720;
const NARROW = 344;

/** A page that holds everything it shows. */
export function htmlPage({ title, subtitle, about }: Head, sections: readonly Section[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // Nothing is fetched and nothing is run, whatever a name from a scenario should hold.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<header>',
    `<h1>${escaped(title)}</h1>`,
    subtitle === '' ? '' : `<p class="subtitle">${escaped(subtitle)}</p>`,
    ...paragraphs(about).map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    '</header>',
    '<main>',
    ...sections.map((section, k) => sectionMarkup(section, k)),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function sectionMarkup({ title, blocks }: Section, k: number): string {
  return `<section aria-labelledby="section-${k}">\n<h2 id="section-${k}">${escaped(title)}</h2>\n${blocks.map(blockMarkup).join('\n')}\n</section>`;
}

function blockMarkup(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escaped(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
    case 'code':
      return `<pre tabindex="0"><code>${escaped(block.text)}</code></pre>`;
    case 'table':
      return tableMarkup(block);
    case 'picture':
      return pictureMarkup(block);
    case 'images':
      return imagesMarkup(block);
  }
}

function tableMarkup({ caption, columns, rows }: TableBlock): string {
  const side = (column: number): string => (columns[column]?.numeric ? ' class="number"' : '');
  const head = columns.map(({ title }, k) => `<th scope="col"${side(k)}>${escaped(title)}</th>`).join('');
  const body = rows
    .map((cells) => {
      const [first, ...rest] = cells;
      const others = rest.map((cell, k) => `<td${side(k + 1)}>${escaped(cell)}</td>`).join('');
      return `<tr><th scope="row">${escaped(first ?? '')}</th>${others}</tr>`;
    })
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table${columns.length === 2 ? ' class="pairs"' : ''}><caption>${escaped(caption)}</caption>\n<thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>`;
}

function pictureMarkup({ alt, caption, draw }: PictureBlock): string {
  return (
    `<figure><div class="wide scroll">${svg(draw(WIDE), { alt })}</div>` +
    `<div class="narrow scroll">${svg(draw(NARROW), { alt })}</div>` +
    `<figcaption>${escaped(caption)}</figcaption></figure>`
  );
}

function imagesMarkup({ caption, columns, rows }: ImagesBlock): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('');
  const body = rows
    .map(({ title, note, key, images }) => {
      const cells = images
        .map((image) => `<td>${imageMarkup(image)}<br><small>${escaped(image.note)}</small></td>`)
        .join('');
      return `<tr><th scope="row">${escaped(title)}<small>${escaped(note)}</small>${imageMarkup(key)}</th>${cells}</tr>`;
    })
    .join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table class="images"><caption>${escaped(caption)}</caption>\n<thead><tr><td></td>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>`;
}

function imageMarkup({ alt, png, width, height }: Image): string {
  const data = Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64');
  return `<img alt="${escaped(alt)}" width="${width}" height="${height}" src="data:image/png;base64,${data}">`;
}
